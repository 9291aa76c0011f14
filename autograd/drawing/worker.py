"""The process in which pygraphviz renders: it can be stopped, and what Graphviz warns of goes nowhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Timer

WINDOWLESS = getattr(subprocess, "CREATE_NO_WINDOW", 0)

_CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
import pygraphviz
for asked in iter(sys.stdin.buffer.readline, b""):
    format, size = asked.decode().split()
    source = sys.stdin.buffer.read(int(size)).decode("utf-8")
    try:
        drawn = b"+" + pygraphviz.AGraph(string=source).draw(format=format, prog="dot")
    except Exception as error:
        drawn = b"-" + str(error).encode()
    sys.stdout.buffer.write(b"%d\\n" % len(drawn) + drawn)
    sys.stdout.buffer.flush()
"""


class _Worker:
    """A process that renders one graph after another, until it is closed."""

    def __init__(self, packages: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _CHILD, packages],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=WINDOWLESS,
        )
        self.late = False

    def render(self, source: str, format: str, seconds: float) -> bytes:
        """The picture; raises TimeoutError, which ends the process, and ValueError with its complaint."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = source.encode()
        timer = Timer(seconds, self._stop)
        timer.start()
        try:
            self.process.stdin.write(f"{format} {len(asked)}\n".encode() + asked)
            self.process.stdin.flush()
            answer = self.process.stdout.read(int(self.process.stdout.readline() or 0))
        except OSError:  # its end of the pipe is closed
            answer = b""
        finally:
            timer.cancel()
        if self.late:
            raise TimeoutError
        if not answer.startswith(b"+"):
            raise ValueError(answer[1:].decode() or "its process ended")
        return answer[1:]

    def _stop(self) -> None:
        self.late = True
        self.process.kill()

    def close(self) -> None:
        self.process.kill()  # it has nothing left to do
        with self.process:
            pass


_workers: ContextVar[list[_Worker] | None] = ContextVar("_workers", default=None)


@contextmanager
def one_process() -> Generator[None]:
    """Inside, pygraphviz renders all pictures in one process, for most of the time goes into starting one."""
    if _workers.get() is not None:
        yield
        return
    workers: list[_Worker] = []
    token = _workers.set(workers)
    try:
        yield
    finally:
        _workers.reset(token)
        for worker in workers:
            worker.close()


def render(packages: str, source: str, format: str, seconds: float) -> bytes:
    """The DOT source as pygraphviz, which is in the folder `packages`, draws it.

    Raises TimeoutError if it takes longer, ValueError with the complaint of Graphviz, OSError if no process
    can be started.
    """
    with one_process():
        workers = _workers.get()
        assert workers is not None
        if not workers or workers[-1].late:
            workers.append(_Worker(packages))
        return workers[-1].render(source, format, seconds)
