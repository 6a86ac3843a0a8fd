"""Pages of key dates, building back, and back-schedules."""
