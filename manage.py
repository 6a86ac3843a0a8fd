#!/usr/bin/env python3
"""Runs PlanCraft's management commands, on the embedded servers where no others are named."""

import os
import sys


def main() -> None:
    """Find the servers, then hand the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plancraft.settings")
    try:
        from django.core.management import execute_from_command_line

        from plancraft.runtime.command import prepare
    except ImportError as error:
        sys.exit(f"{error}. Run `make setup` first, then `.venv/bin/python manage.py COMMAND`.")
    held = prepare(sys.argv[1:])
    try:
        execute_from_command_line(sys.argv)
    finally:
        if held is not None:
            held.release()


if __name__ == "__main__":
    main()
