"""What stands before a management command: its variables and, while it runs, its servers."""

from __future__ import annotations

import os
import sys

from .environment import fill_local, load_env_file
from .errors import Trouble
from .lease import Lease, take_lease, wanted_parts
from .places import user_home

NEED_NO_SERVERS = {
    "help",
    "version",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "makemessages",
    "makemigrations",
    "startapp",
}
PURE_OPTIONS = {"--scenario", "--help", "-h", "--version"}


def needs_servers(arguments: list[str]) -> bool:
    """Whether the command, with these arguments, reads or writes anything that servers hold."""
    if not arguments or arguments[0].startswith("-") or arguments[0] in NEED_NO_SERVERS:
        return False
    return not any(argument.partition("=")[0] in PURE_OPTIONS for argument in arguments)


def prepare(arguments: list[str]) -> Lease | None:
    """Set the environment for a management command; the lease, if any, ends with the process."""
    load_env_file(os.environ)
    parts = wanted_parts(os.environ)
    if "database" in parts or not needs_servers(arguments):
        fill_local(os.environ)
    if not parts or not needs_servers(arguments):
        return None
    try:
        held = take_lease(user_home(), parts)
    except Trouble as trouble:
        sys.exit(str(trouble))
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}.")
    os.environ.update(held.environment())
    return held
