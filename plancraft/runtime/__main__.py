"""`python -m plancraft.runtime run|setup|test|check|bench`, once the environment stands."""

from __future__ import annotations

import sys

from .errors import Trouble


def main(arguments: list[str]) -> int:
    """Hand over to the module that does it; a Trouble becomes its sentence."""
    task, rest = (arguments[0], arguments[1:]) if arguments else ("run", [])
    try:
        if task in ("test", "check"):
            from . import quality

            return quality.run_tests(rest) if task == "test" else quality.run_checks()
        if task == "bench":
            from . import quality

            return quality.run_benches(rest)
        from . import supervisor

        return supervisor.setup() if task == "setup" else supervisor.run()
    except Trouble as trouble:
        print(f"PlanCraft: {trouble}", file=sys.stderr)  # noqa: T201
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"PlanCraft: {where}{error.strerror}.", file=sys.stderr)  # noqa: T201
    except KeyboardInterrupt:
        print("PlanCraft: stopped.", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
