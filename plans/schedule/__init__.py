"""Key dates, and building back from them (rule 3)."""
