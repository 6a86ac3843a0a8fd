"""Starting children that do not outlive us, and postgres although we are root."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

LINUX = sys.platform.startswith("linux")
_LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000


def die_with_parent(parent: int, sign: int) -> None:
    """In the child: get `sign` when the parent dies (Linux; elsewhere the caller's locks serve)."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, sign, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def enter_user_namespace(uid: int, gid: int) -> None:
    """In the child: become `uid` inside a namespace while staying who we are outside of it.

    So postgres, which refuses to run as root, sees an ordinary user, and its files stay ours.
    Raises OSError where the kernel or a container forbids it.
    """
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    if _LIBC is None or _LIBC.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1")


def ordinary_user() -> pwd.struct_passwd | None:
    """An account that is not root, which postgres can run as: postgres, else nobody, else any."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return next((entry for entry in pwd.getpwall() if entry.pw_uid != 0), None)


def user_namespaces_work() -> bool:
    """Whether a child can be started in a user namespace here: tried, not guessed."""
    user = ordinary_user()
    if user is None or not LINUX:
        return False
    child = os.fork()
    if child == 0:
        try:
            enter_user_namespace(user.pw_uid, user.pw_gid)
            os._exit(0 if os.geteuid() == user.pw_uid else 1)
        except BaseException:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def prepare_child(sign: int, before: Callable[[], None] | None = None) -> Callable[[], None]:
    """What a child does before it becomes its program: own group, other user, die with us."""
    parent = os.getpid()

    def prepare() -> None:
        os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if before is not None:
            before()
        # Last, since the kernel forgets it when the user changes.
        die_with_parent(parent, sign)

    return prepare


def wait_for(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """True once the process has ended, False where it has not within `seconds`."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def stop(process: subprocess.Popen[bytes], sign: int, seconds: float) -> None:
    """Ask the process to end, then end it and whatever of its group is left."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(sign)
        wait_for(process, seconds)
    kill_group(process.pid)
    if process.poll() is None:
        process.kill()
        process.wait()


def kill_group(leader: int) -> None:
    """End what is left of a child's process group (each child of ours leads its own)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError, IndexError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    return True


def wait_gone(pid: int, seconds: float) -> bool:
    """True once no process of this number runs."""
    end = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def command_line(pid: int) -> str:
    """What the process was started as; empty where that cannot be known."""
    with contextlib.suppress(OSError):
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, timeout=10
        )
        return answer.stdout
    return ""
