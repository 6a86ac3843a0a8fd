"""The life of a plan: approved, started, closed; copied to a new period; printed."""
