"""A process of its own for each library: the collector goes through nobody else's objects there.

A full collection looks at everything that is alive. In one process with PyTorch, which brings 150,000
objects along, every library would pay for objects that its own users need not have.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from unittest.mock import patch

from .harness import Contender

Load = Callable[[], dict[str, Contender]]


class Library:
    """The contenders of one library, by workload, in a process that has imported only that."""

    def __init__(self, name: str, load: Load, **environment: str) -> None:
        """`load` is a function of a module. Raises ImportError if the library is missing."""
        self.name = name
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        with patch.dict(os.environ, environment):
            context.Process(target=_in_a_deep_thread, args=(theirs, load), daemon=True).start()
        theirs.close()
        loaded = self._connection.recv()
        if isinstance(loaded, ImportError):
            raise loaded
        self.contenders = {workload: Elsewhere(self, workload) for workload in loaded}

    def ask(self, workload: str, collector: bool | None = None) -> float:
        """The seconds of a run with the collector on or off; with None, the result."""
        self._connection.send((workload, collector))
        return self._connection.recv()


@dataclass
class Elsewhere:
    """A contender in another process."""

    library: Library
    workload: str

    @property
    def name(self) -> str:
        return self.library.name

    def result(self) -> float:
        return self.library.ask(self.workload)

    def seconds(self, collector: bool) -> float:
        return self.library.ask(self.workload, collector)


def _in_a_deep_thread(connection: Connection, load: Load) -> None:
    """micrograd recurses, so the stack must be deep."""
    threading.stack_size(900 * 2**20)
    sys.setrecursionlimit(10**6)
    thread = threading.Thread(target=_serve, args=(connection, load))
    thread.start()
    thread.join()


def _serve(connection: Connection, load: Load) -> None:
    try:
        contenders = load()
    except ImportError as error:
        connection.send(error)
        return
    connection.send(list(contenders))
    while True:
        try:
            workload, collector = connection.recv()
        except EOFError:  # nobody will ask again
            return
        contender = contenders[workload]
        connection.send(contender.result() if collector is None else contender.seconds(collector))
