"""Blocks that change how operations behave: nesting, decorators, threads, asyncio tasks."""

from __future__ import annotations

import asyncio
import gc
import itertools
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

import autograd
from autograd import DomainError, Value, errstate, no_grad, record_lines, scope, topological_order
from autograd.nodes import modes, scopes


def is_recording() -> bool:
    return bool((Value(2.0) * 3).parents)


def is_ieee() -> bool:
    try:
        return autograd.log(0.0) == -math.inf
    except DomainError:
        return False


def test_no_grad_gives_leaves_for_every_kind_of_operation():
    x = Value(2.0, "x")
    with no_grad():
        for y in (x * 3, -x, x.tanh(), 2**x, autograd.sum([x, x, 1]), autograd.dot([x, x], [1, x])):
            assert y.parents == y.local_derivatives == y.operands == ()
            assert y.op == ""
        assert autograd.where(x > 0, x, 0).parents == ()
        assert autograd.softmax([x, 1.0])[0].parents == ()
    assert is_recording()


def test_no_grad_still_refuses_what_strict_mode_refuses():
    with no_grad(), pytest.raises(DomainError):
        Value(0.0).log()


def test_blocks_nest_and_give_back_what_was():
    with errstate("ieee"):
        with errstate("strict"):
            assert not is_ieee()
            with no_grad():
                assert not is_recording()
        assert is_ieee()
        assert is_recording()
    assert not is_ieee()


def test_a_block_is_a_decorator_too_and_every_call_has_its_own():
    @no_grad()
    def f(n):
        return is_recording() if n == 0 else f(n - 1)

    assert f(3) is False
    assert is_recording()

    block = errstate("ieee")
    with block, block:
        assert is_ieee()
    assert not is_ieee()


def test_detach_cuts_the_graph_and_keeps_number_and_label():
    x = Value(2.0, "x")
    y = x * 3
    y.label = "y"
    y.backward()
    cut = y.detach()
    assert (cut.data, cut.label, cut.grad, cut.parents) == (6.0, "y", 0.0, ())
    z = cut * y
    z.backward()
    assert x.grad == 3.0 + 18.0
    assert cut.grad == 6.0


def test_a_scope_cannot_be_entered_twice():
    place = scope("a")
    with place:
        pass
    with pytest.raises(RuntimeError, match="'a'"), place:
        pass


def run_at_once(functions):
    """Run functions in threads that all wait for each other before they begin."""
    barrier = threading.Barrier(len(functions))

    def begin(function):
        barrier.wait()
        return function()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(begin, functions))


def run_async(main):
    """In a thread of its own: the main thread may have an event loop running (Playwright's)."""
    return run_at_once([lambda: asyncio.run(main())])[0]


def train(seed: int) -> list[float]:
    """Gradients of a small network built and differentiated many times."""
    found = []
    for i in range(30):
        xs = [Value(math.sin(seed + i + j)) for j in range(6)]
        with scope(f"thread {seed}"):
            y = autograd.sum([autograd.dot(xs, xs[k:] + xs[:k], 0.1).tanh() for k in range(6)])
        assert all(node.scope is y.scope for node in topological_order(y) if node.parents)
        assert y.scope.name == f"thread {seed}"
        y.backward()
        found += [x.grad for x in xs]
    return found


def test_eight_threads_give_the_gradients_of_one():
    alone = [train(seed) for seed in range(8)]
    together = run_at_once([lambda seed=seed: train(seed) for seed in range(8)])
    assert together == alone


def test_a_thread_does_not_see_the_blocks_of_another():
    entered, asked = threading.Event(), threading.Event()

    def holds_blocks():
        with errstate("ieee"), no_grad(), record_lines(), scope("mine"):
            entered.set()
            assert asked.wait(10)
            x = Value(0.0)
            return is_ieee(), is_recording(), "test_modes" in x.line, x.scope.path

    def asks():
        assert entered.wait(10)
        x = Value(0.0)
        seen = is_ieee(), is_recording(), x.line, x.scope
        asked.set()
        return seen

    assert run_at_once([holds_blocks, asks]) == [(True, False, True, "mine"), (False, True, "", None)]


def test_asyncio_tasks_do_not_see_each_others_blocks():
    async def in_a_block(turns):
        with errstate("ieee"), no_grad(), scope("task"):
            for _ in range(turns):
                await asyncio.sleep(0)
                assert is_ieee()
                assert not is_recording()
                assert Value(1.0).scope.name == "task"

    async def outside(turns):
        for _ in range(turns):
            await asyncio.sleep(0)
            assert not is_ieee()
            assert is_recording()
            assert Value(1.0).scope is None

    async def main():
        await asyncio.gather(in_a_block(20), outside(25), in_a_block(10), outside(5))

    run_async(main)
    assert is_recording()


def test_tasks_inherit_the_block_they_were_started_in():
    async def child():
        await asyncio.sleep(0)
        return is_recording()

    async def main():
        with no_grad():
            task = asyncio.create_task(child())
        return is_recording(), await task

    assert run_async(main) == (True, False)


def test_a_context_that_is_entered_elsewhere_keeps_its_block():
    with no_grad():
        context = copy_context()
    assert is_recording()
    assert context.run(is_recording) is False


def test_a_generator_that_is_dropped_inside_a_block_does_not_leave_it_open():
    def steps():
        with no_grad():
            yield is_recording()

    generator = steps()
    assert next(generator) is False
    generator.close()
    assert is_recording()
    assert not modes.active_modes


class TestInterleaving:
    """Blocks that are left in another order than they were entered in: each takes back its own."""

    def test_generators_that_interleave_leave_nothing_behind(self):
        def holding(block, test, turns):
            with block:
                for _ in range(turns):
                    yield test()

        makers = {
            "no_grad": (no_grad, lambda: not is_recording()),
            "ieee": (lambda: errstate("ieee"), is_ieee),
            "lines": (record_lines, lambda: Value(1.0).line != ""),
            "scope": (lambda: scope("s"), lambda: Value(1.0).scope is not None),
        }
        for (make, test), (make_other, test_other) in itertools.product(makers.values(), repeat=2):
            for turns in ((1, 3), (2, 2), (3, 1)):
                one = holding(make(), test, turns[0])
                two = holding(make_other(), test_other, turns[1])
                seen = [entry for pair in itertools.zip_longest(one, two) for entry in pair]
                assert set(seen) <= {True, None}
                assert is_recording()
                assert not is_ieee()
                assert (Value(1.0).line, Value(1.0).scope) == ("", None)
        assert not modes.active_modes
        assert not scopes.open_scopes

    def test_the_block_that_stays_is_in_force_alone(self):
        outer, inner = no_grad(), errstate("ieee")
        outer.__enter__()
        inner.__enter__()
        outer.__exit__()
        assert (is_recording(), is_ieee()) == (True, True)
        inner.__exit__()
        assert not is_ieee()

        first, second = scope("first"), scope("second")
        first.__enter__()
        second.__enter__()
        first.__exit__()
        assert Value(1.0).scope is second
        second.__exit__()
        assert Value(1.0).scope is None

    def test_a_generator_closed_in_another_context_changes_nothing_there(self):
        def holds():
            with no_grad(), scope("a"):
                yield

        generator, here = holds(), copy_context()
        here.run(next, generator)
        with errstate("ieee"), scope("b"):
            generator.close()
            assert is_ieee()
            assert is_recording()
            assert Value(1.0).scope.name == "b"


class TestDecorators:
    def test_without_parentheses(self):
        @no_grad
        def f(x: int) -> bool:
            """Documented."""
            return is_recording()

        assert f(1) is False
        assert (f.__name__, f.__doc__) == ("f", "Documented.")
        assert record_lines(lambda: Value(1.0).line)() != ""
        assert autograd.paused_collector(gc.isenabled)() is False
        assert gc.isenabled()

    @pytest.mark.parametrize("decorate", [no_grad, no_grad()])
    def test_a_generator_function_is_in_the_block_and_its_consumer_is_not(self, decorate):
        log = []

        @decorate
        def steps(n):
            received = []
            try:
                for i in range(n):
                    try:
                        received.append((yield (i, is_recording())))
                    except KeyError:
                        log.append(("caught", is_recording()))
            finally:
                log.append(("closed", is_recording()))
            return received

        generator = steps(3)
        assert next(generator) == (0, False)
        assert is_recording()
        assert generator.send("a") == (1, False)
        assert is_recording()
        assert generator.throw(KeyError()) == (2, False)
        with pytest.raises(StopIteration) as stopped:
            generator.send("b")
        assert stopped.value.value == ["a", "b"]
        assert log == [("caught", False), ("closed", False)]
        other = steps(3)
        next(other)
        other.close()
        assert log[-1] == ("closed", False)
        assert is_recording()
        pairs = list(zip(steps(3), errstate("ieee")(lambda: (is_ieee() for _ in range(3)))()))
        assert [first for first, _ in pairs] == [(i, False) for i in range(3)]

    def test_a_coroutine_is_in_the_block_until_it_ends(self):
        @no_grad
        async def work():
            first = is_recording()
            await asyncio.sleep(0)
            return first, is_recording()

        async def main():
            task = asyncio.create_task(work())
            await asyncio.sleep(0)
            during = is_recording()
            return await task, during, await work(), is_recording()

        assert run_async(main) == ((False, False), True, (False, False), True)

    def test_what_cannot_be_decorated_is_refused(self):
        async def stream():
            yield 1

        for decorated in (stream, Value, 3):
            with pytest.raises(TypeError, match="decorates functions"):
                no_grad()(decorated)  # pyright: ignore[reportArgumentType]
        with pytest.raises(ValueError, match="ieee"):
            errstate(is_recording)  # pyright: ignore[reportArgumentType]
