"""What stands around the application on one machine: its PostgreSQL, its Redis, its processes.

Nothing here imports Django. `bootstrap` runs on a bare Python with the standard library alone; the
rest runs inside the virtual environment that `bootstrap` makes. Begin reading at `lease`.
"""
