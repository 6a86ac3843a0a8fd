"""Pages of planning meetings."""
