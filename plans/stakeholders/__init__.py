"""Stakeholders: who the team keeps in touch with, in what rhythm, and when it last did."""
