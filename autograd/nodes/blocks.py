"""Blocks, `with no_grad():`, that are decorators too."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from functools import wraps
from typing import Any, Self, TypeVar, cast, overload

F = TypeVar("F", bound=Callable[..., Any])


class Decorator:
    """A `with` block that is a decorator too: `@no_grad()`, and `@no_grad` if it needs no argument.

    A decorated generator function is in the block while it runs, and the code that consumes it is
    not. A coroutine is in the block until it ends, as its task has a context of its own.
    """

    def _again(self) -> Decorator:
        """A block of its own for every call of a decorated function, whatever thread it is in."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        raise NotImplementedError

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError

    def __call__(self, function: F) -> F:
        """The function with this block around every call of it.

        Raises TypeError for a class and for an asynchronous generator: write the `with` inside.
        """
        name = type(self).__name__
        if inspect.isclass(function) or inspect.isasyncgenfunction(function) or not callable(function):
            raise TypeError(
                f"@{name} decorates functions, generator functions and coroutines, not {function!r:.80}; "
                f"write `with {name}(…):` inside"
            )

        def call(*arguments: Any, **options: Any) -> Any:
            with self._again():
                return function(*arguments, **options)

        async def run(*arguments: Any, **options: Any) -> Any:
            with self._again():
                return await function(*arguments, **options)

        def generate(*arguments: Any, **options: Any) -> Generator[Any, Any, Any]:
            return (yield from self._around_each_turn(function(*arguments, **options)))

        is_generator, is_coroutine = inspect.isgeneratorfunction, inspect.iscoroutinefunction
        around: Any = generate if is_generator(function) else run if is_coroutine(function) else call
        return cast("F", wraps(function)(around))

    def _around_each_turn(self, steps: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """The generator, in the block whenever it runs and only then."""
        resume: Callable[..., Any] = steps.send
        given: Any = None
        while True:
            try:
                with self._again():
                    item = resume(given)
            except StopIteration as end:
                return end.value
            try:
                resume, given = steps.send, (yield item)
            except GeneratorExit:
                with self._again():
                    steps.close()
                raise
            except BaseException as raised:
                resume, given = steps.throw, raised


class Bare(Decorator):
    """A block without arguments, which decorates without parentheses too."""

    @overload
    def __new__(cls) -> Self: ...
    @overload
    def __new__(cls, function: F) -> F: ...
    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """A block; or, given a function, the function in such a block."""
        return super().__new__(cls) if function is None else cls()(function)
