"""`make run`: servers, web, worker and beat in the foreground, all gone when it ends."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from types import FrameType

from . import parts, process
from .environment import fill_local, load_env_file
from .errors import Trouble
from .lease import Lease, take_lease, wanted_parts
from .locks import FileLock
from .places import user_home
from .preparation import demo_sign_ins, prepare

DEFAULT_PORT = 8000
PORTS_TRIED = 20
GRACE_SECONDS = 25
START_SECONDS = 90


def setup() -> int:
    """Everything but running."""
    environment = _environment()
    held = _take_servers(environment, None)
    try:
        prepare(environment, held)
    finally:
        _give_back(held)
    print("PlanCraft is set up; `make run` starts it.", flush=True)  # noqa: T201
    return 0


def run() -> int:
    """Until Ctrl-C or SIGTERM; raises Trouble where it cannot start."""
    if "MAKELEVEL" in os.environ:
        process.die_with_parent(os.getppid(), signal.SIGTERM)
    with _only_instance() as lock:
        return Supervisor(lock).run()


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    load_env_file(environment)
    fill_local(environment)
    return environment | {"DJANGO_SETTINGS_MODULE": "plancraft.settings", "PYTHONUNBUFFERED": "1"}


@contextlib.contextmanager
def _only_instance() -> Iterator[FileLock]:
    """Two would share one set of data: the second is told where the first runs."""
    lock = FileLock(user_home().lock("instance"))
    if not lock.try_take():
        where = lock.path.read_text().strip() or "it is still starting"
        raise Trouble(f"it already runs from this checkout ({where}); stop that one first.")
    lock.write("")
    try:
        yield lock
    finally:
        lock.release()


def _take_servers(environment: dict[str, str], log: parts.Log | None) -> Lease | None:
    wanted = wanted_parts(environment)
    if not wanted:
        return None
    held = _lease_with_log(wanted, log)
    environment.update(held.environment())
    return held


def _lease_with_log(wanted: list[str], log: parts.Log | None) -> Lease:
    output = log.pipe("servers") if log else None
    try:
        return take_lease(user_home(), wanted, output)
    finally:
        if output is not None:
            os.close(output)


def _give_back(held: Lease | None) -> None:
    """Release the servers and wait until they are gone, if we started them and nobody uses them."""
    if held is None:
        return
    held.release()
    if not _still_used(held):
        wait_until_gone(held)


def _still_used(held: Lease) -> bool:
    """Whether somebody else, a management command perhaps, still leases the servers."""
    time.sleep(0.1)
    probe = FileLock(held.home.lock("users"))
    try:
        # Shared holders refuse an exclusive lock; the keeper's own exclusive one refuses both.
        return not probe.try_take() and probe.try_take(shared=True)
    finally:
        probe.release()


def wait_until_gone(held: Lease, log: parts.Log | None = None) -> None:
    """Until the keeper, ours or an earlier command's, has stopped the servers and ended."""
    keeper = FileLock(held.home.lock("keeper"))
    end = time.monotonic() + 45
    while not keeper.try_take() and time.monotonic() < end:
        if log is not None:
            log.listen(0.05)
        else:
            time.sleep(0.05)
    keeper.release()
    if held.keeper is not None:
        process.wait_for(held.keeper, 5)


def open_port(host: str, asked: str | None) -> socket.socket:
    """A listening socket on the port asked for, else on the first free one from 8000.

    Raises Trouble where the port asked for is no port or is taken.
    """
    if asked:
        if not asked.isdigit() or not 0 < int(asked) < 65536:
            raise Trouble(f"PORT={asked} is no port; choose a number from 1 to 65535.")
        return _listen(host, int(asked), "choose another, as in `make run PORT=8123`")
    for port in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        with contextlib.suppress(Trouble):
            return _listen(host, port, "")
    raise Trouble(
        f"the ports {DEFAULT_PORT} to {DEFAULT_PORT + PORTS_TRIED - 1} are all taken; choose one "
        "with `make run PORT=8123`."
    )


def _listen(host: str, port: int, advice: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise Trouble(f"port {port} cannot be used ({error.strerror}); {advice}.") from error
    listener.set_inheritable(True)
    return listener


class Supervisor:
    """One running PlanCraft."""

    def __init__(self, lock: FileLock) -> None:
        self.lock = lock
        self.log = parts.Log()
        self.environment = _environment()
        self.held: Lease | None = None
        self.parts: list[parts.Part] = []
        self.later: list[parts.Part] = []
        self.asked_to_stop = 0
        self.answered = False
        self.started_at = self.served_since = time.monotonic()

    def run(self) -> int:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._on_signal)
        host = self.environment.get("HOST") or "127.0.0.1"
        listener = open_port(host, self.environment.get("PORT"))
        self._name_address(listener)
        try:
            self._start(listener)
            while not self.asked_to_stop:
                self._turn()
        finally:
            self._stop()
        return 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop += 1

    def _name_address(self, listener: socket.socket) -> None:
        self.host, self.port = listener.getsockname()[:2]
        shown = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::1", "::") else self.host
        self.address = f"http://{shown}:{self.port}"
        self.lock.write(f"process {os.getpid()}, {self.address}\n")
        self.environment["BASE_URL"] = self.environment.get("BASE_URL") or self.address
        if not self.environment.get("PORT") and self.port != DEFAULT_PORT:
            self.log.plain(f"Port {DEFAULT_PORT} is taken, so PlanCraft uses {self.port}.")

    def _start(self, listener: socket.socket) -> None:
        self.log.plain("Starting PlanCraft; Ctrl-C stops it.")
        self.held = _take_servers(self.environment, self.log)
        prepare(self.environment, self.held)
        # Whoever serves or works must not be able to migrate.
        for_parts = {k: v for k, v in self.environment.items() if k != "DATABASE_OWNER_URL"}
        self.served_since = time.monotonic()
        self.parts = [parts.web(for_parts, listener.fileno(), self.log)]
        # After the first answer, so that nobody waits for a page while they start.
        self.later = [parts.worker(for_parts, self.log), parts.beat(for_parts, self.log)]

    def _turn(self) -> None:
        """One round: words, the dead, and the first answer."""
        self.log.listen(0.1 if self.answered else 0.05)
        self._look_after_servers()
        for part in self.parts:
            part.look_after()
        if not self.answered:
            self._give_up_if_hopeless()
            self._ask()

    def _look_after_servers(self) -> None:
        """A keeper that was killed took its servers along: lease them anew."""
        if self.held is None or self.held.is_served():
            return
        self.log.say("servers", "stopped, starting them again")
        self.held.release()
        self.held = _lease_with_log(self.held.parts, self.log)

    def _give_up_if_hopeless(self) -> None:
        if any(part.deaths > 1 for part in self.parts):
            raise Trouble("the web server does not start; its words stand above.")

    def _ask(self) -> None:
        """Greet once the web server answers; give up where it does not."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        link = http.client.HTTPConnection(host, self.port, timeout=2)
        try:
            link.request("GET", "/healthz", headers={"Host": "localhost"})
            self.answered = link.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            if time.monotonic() - self.served_since > START_SECONDS:
                raise Trouble("the web server does not answer; its words stand above.") from None
        finally:
            link.close()
        if self.answered:
            self._greet()
            self.parts += self.later

    def _greet(self) -> None:
        seconds = time.monotonic() - self.started_at
        rule = "-" * 64
        lines = ["", rule, f"PlanCraft answers at {self.address} (after {seconds:.1f} s)"]
        lines += [demo_sign_ins(), rule, ""] if demo_sign_ins() else [rule, ""]
        self.log.plain("\n".join(lines))

    def _stop(self) -> None:
        """Everything ends, the servers last. A second Ctrl-C does not wait for work in hand."""
        self.log.plain("Stopping PlanCraft.")
        asked_before = self.asked_to_stop
        for part in self.parts:
            part.ask_to_stop()
        end = time.monotonic() + GRACE_SECONDS
        while not all(part.has_stopped() for part in self.parts):
            self.log.listen(0.05)
            if time.monotonic() > end or self.asked_to_stop > max(1, asked_before):
                break
        for part in self.parts:
            part.kill()
        self._stop_servers()
        sys.stdout.flush()

    def _stop_servers(self) -> None:
        if self.held is None:
            return
        held, self.held = self.held, None
        held.release()
        if _still_used(held):
            self.log.plain("The database stays up for a management command that still uses it.")
            return
        wait_until_gone(held, self.log)
        self.log.listen(0)
        self.log.plain("PlanCraft has stopped.")
