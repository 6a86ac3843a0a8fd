"""Tasks: who does what by when, and what belongs to it."""
