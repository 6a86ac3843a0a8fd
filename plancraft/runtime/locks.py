"""File locks: held by a process, gone with it, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

from .errors import Trouble


class FileLock:
    """An advisory lock on a file, shared or exclusive; freed when the process dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def _open(self) -> int:
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._descriptor

    def try_take(self, *, shared: bool = False) -> bool:
        """Take it without waiting; False where somebody else holds it."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._open(), kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take(self, *, shared: bool = False, seconds: float = 60) -> bool:
        """Take it, waiting up to `seconds`; False where that was not enough."""
        end = time.monotonic() + seconds
        while not self.try_take(shared=shared):
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def write(self, text: str) -> None:
        """Leave a word in the file for whoever finds it locked."""
        descriptor = self._open()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> FileLock:
        if not self.take(seconds=600):
            raise Trouble(f"{self.path} has been held by another process for ten minutes; end it.")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
