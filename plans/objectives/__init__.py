"""Objectives with a target, what serves them, and the streams that drift."""
