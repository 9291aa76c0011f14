# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""A PyTorch function, run once: what it did, operation by operation, before anything is built from it.

PyTorch tells a `TorchDispatchMode` of every operation on tensors, with its numbers, and a
`TorchFunctionMode` what the user's code calls them. A tensor is noted as a window on its storage, so
that views need no rules, and in-place operations only those of the others.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from .refusals import LIMIT, needed
from .torch_schema import (
    address,
    in_order,
    is_in_place,
    is_right,
    is_view,
    numbers_of,
    of_your_own,
    refuse_kinds,
    replaced,
    row_of,
    tensors_in,
    torch,
    whole_storage,
)
from .torch_table import factors

TorchDispatchMode: Any = needed("torch.utils._python_dispatch", "torch").TorchDispatchMode
TorchFunctionMode: Any = needed("torch.overrides", "torch").TorchFunctionMode


@dataclass(frozen=True, eq=False)
class Window:
    """A tensor at one moment: a window on a storage, and the numbers in it."""

    storage: int
    size: int  # of the storage, in items
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: Any
    tracked: bool  # whether PyTorch passes a gradient through it
    numbers: Any  # a NumPy array; None for what is too large to be built


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation, with windows in the place of the tensors that it took and gave.

    `tracked` is False for one that overwrites results without a gradient.
    """

    function: Any
    tracked: bool
    operands: tuple[Any, ...]  # in the order of its schema, defaults included
    outputs: tuple[Window, ...]
    before: Any  # of an in-place operation: the numbers of its whole storage before it
    call: tuple[int, str]  # the call in the user's code, and its name
    modules: tuple[tuple[int, str], ...]  # the calls of modules around it, outermost first
    made: tuple[Any, ...]  # the tensors that it gave; () in a decomposition


@dataclass(eq=False)
class Recording:
    """The operations of a run, and what they need."""

    operations: list[Operation] = field(default_factory=list["Operation"])
    leaves: list[tuple[str, Any, Window]] = field(default_factory=list["tuple[str, Any, Window]"])
    arguments: set[str] = field(default_factory=set[str])  # the leaves that are the function's
    uncovered: list[str] = field(default_factory=list[str])
    scalars: dict[str, int] = field(default_factory=dict[str, int])  # by name of the call
    shapes: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])  # of calls


class Recorder(TorchDispatchMode):
    """Writes the recording while the function runs."""

    def __init__(self, names: dict[int, str]) -> None:
        super().__init__()
        self.recording = Recording()
        self.call: tuple[int, str] = (0, "")
        self.modules: list[tuple[int, str]] = []
        self._names = names  # by the id of a tensor
        self._alive: list[Any] = []  # so that no storage takes the address of an earlier one
        self._results: set[int] = set()  # storages of results and leaves
        self._made: set[int] = set()  # storages made in this run
        self._leaf_names: dict[int, str] = {}  # by storage
        self._inside: set[int] = set()  # the ids of tracked tensors in a decomposition
        self._depth = 0
        self._decompositions: Any = None
        self._count = 0

    def add_leaf(self, name: str, leaf: Any, seen: Any) -> None:
        """A tensor whose gradient is asked for; the function sees it as `seen`."""
        self._alive.append(seen)
        storage = address(seen)
        self._results.add(storage)
        self._leaf_names[storage] = name
        self._add_scalars(name, seen.numel())
        self.recording.leaves.append((name, leaf, self.window(seen, True, self._has_room)))

    def window(self, tensor: Any, tracked: bool, numbers: bool) -> Window:
        """The tensor as it is now."""
        storage = tensor.untyped_storage()
        return Window(
            storage.data_ptr(),
            storage.nbytes() // tensor.element_size(),
            tensor.storage_offset(),
            tuple(tensor.shape),
            tensor.stride(),
            tensor.dtype,
            tracked,
            numbers_of(tensor) if numbers else None,
        )

    @property
    def _has_room(self) -> bool:
        return self._count <= LIMIT

    def _add_scalars(self, name: str, count: int) -> None:
        self._count += count
        self.recording.scalars[name] = self.recording.scalars.get(name, 0) + count

    def _is_tracked(self, tensor: Any) -> bool:
        """PyTorch wires a result to its operands after this mode has seen it: not in a decomposition."""
        return tensor.requires_grad or id(tensor) in self._inside

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        operands = in_order(func, args, kwargs)
        tracked = torch.is_grad_enabled() and any(map(self._is_tracked, tensors_in(operands)))
        if tracked:
            refuse_kinds(func, operands)
        self._find_leaves(operands)
        if tracked and row_of(func) is None and not is_view(func):
            decomposition = self._decomposition(func)
            if decomposition is not None and is_right(decomposition, func, args, kwargs):
                return self._decomposed(decomposition, args, kwargs)
        writes = is_in_place(func) and isinstance(operands[0], torch.Tensor)
        over = writes and address(operands[0]) in self._results
        before = (
            numbers_of(whole_storage(operands[0]))
            if writes and (tracked or over) and self._has_room
            else None
        )
        noted: tuple[Any, ...] = ()
        if (tracked or over) and not is_view(func):
            noted = replaced(operands, lambda tensor: self._operand(tensor))
        result = func(*args, **kwargs)
        outputs = tensors_in(result)
        if tracked:
            refuse_kinds(func, outputs)
        self._alive.extend(outputs)
        taken = {address(tensor) for tensor in tensors_in(operands)}
        if not writes and any(address(output) in taken for output in outputs):  # a view
            if tracked and self._depth:
                self._inside.update(map(id, outputs))
            return result
        self._made.update(address(output) for output in outputs if address(output) not in taken)
        if (tracked and any(output.is_floating_point() for output in outputs)) or over:
            self._note(func, tracked, noted, outputs, before)
        return result

    def _operand(self, tensor: Any) -> Window:
        tracked = self._is_tracked(tensor)
        return self.window(tensor, tracked, self._has_room and not tracked)

    def _note(self, func: Any, tracked: bool, operands: Any, outputs: Any, before: Any) -> None:
        name = str(func).removeprefix("aten.")
        if not tracked and (leaf := self._leaf_names.get(address(outputs[0]))):
            self.recording.uncovered.append(f"{name}, which changes {leaf} in place (an optimizer's step?)")
        if tracked:
            size = sum(output.numel() for output in outputs if output.is_floating_point())
            self._add_scalars(self.call[1] or name, size * (1 + factors(name, operands)))
        if tracked and self._depth:
            self._inside.update(id(output) for output in outputs if output.is_floating_point())
        self._results.update(map(address, outputs))
        windows = tuple(self.window(output, tracked, self._has_room) for output in outputs)
        made = () if self._depth or before is not None else outputs
        place = (self.call, tuple(self.modules), made)
        self.recording.operations.append(Operation(func, tracked, operands, windows, before, *place))

    def _find_leaves(self, operands: Any) -> None:
        """Tracked tensors that no operation has made are parameters, or come from outside."""
        for tensor in tensors_in(operands):
            storage = address(tensor)
            if not self._is_tracked(tensor) or storage in self._results:
                continue
            made = storage in self._made
            if made and tensor.is_leaf and not torch.is_grad_enabled():
                continue  # a new parameter, which gets its first numbers
            if made and not tensor.is_leaf:
                self.recording.uncovered.append(of_your_own(tensor.grad_fn))
                self._results.add(storage)
            else:
                unnamed = f"tensor_{len(self.recording.leaves) + 1}"
                self.add_leaf(self._names.get(id(tensor), unnamed), tensor, tensor)

    def _decomposition(self, func: Any) -> Any:
        if self._decompositions is None:
            self._decompositions = torch.export.default_decompositions()
        # `get` finds nothing: the table is filled when it is first searched.
        return self._decompositions[func] if func in self._decompositions else None  # noqa: SIM401

    def _decomposed(self, decomposition: Any, args: Any, kwargs: Any) -> Any:
        """PyTorch's own definition of an operation by others, which are recorded in its place."""
        self._depth += 1
        try:
            with self:
                return decomposition(*args, **kwargs)
        finally:
            self._depth -= 1

    def finish(self) -> Recording:
        """The recording without operations through which, it turned out, PyTorch passes no gradient."""
        done = self.recording
        done.operations = [
            operation
            for operation in done.operations
            if not operation.made or any(tensor.requires_grad for tensor in operation.made)
        ]
        done.uncovered += [
            str(operation.function).removeprefix("aten.")
            for operation in done.operations
            if operation.tracked and row_of(operation.function) is None
        ]
        return done


class Calls(TorchFunctionMode):
    """Tells the recorder by what name the user's code calls an operation."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder
        self._number = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        outer = self._recorder.call
        self._number += 1
        number, name = self._number, str(getattr(func, "__name__", "")).strip("_")
        self._recorder.call = (number, name)
        try:
            result = func(*args, **(kwargs or {}))
        finally:
            self._recorder.call = outer
        if isinstance(result, torch.Tensor):
            self._recorder.recording.shapes[number] = tuple(result.shape)
        return result


@contextmanager
def recording(recorder: Recorder, modules: dict[int, str]) -> Generator[None]:
    """Record what runs inside; random numbers, and what is set here, are afterwards as before.

    `modules` has the names of modules by their ids.
    """
    number = 0

    def enter(module: Any, _: Any) -> None:
        nonlocal number
        number += 1
        name = modules.get(id(module))
        kind = type(module).__name__
        recorder.modules.append((number, kind if name is None else f"{name}: {kind}" if name else ""))

    def leave(module: Any, *_: Any) -> None:
        recorder.modules.pop()

    hooks = torch.nn.modules.module
    backends = torch.nn.attention
    fast = torch.backends.mha.get_fastpath_enabled()
    with ExitStack() as stack:
        stack.callback(hooks.register_module_forward_pre_hook(enter).remove)
        stack.callback(hooks.register_module_forward_hook(leave, always_call=True).remove)
        stack.callback(torch.backends.mha.set_fastpath_enabled, fast)
        torch.backends.mha.set_fastpath_enabled(False)  # one operation for a whole layer
        stack.enter_context(backends.sdpa_kernel(backends.SDPBackend.MATH))
        stack.enter_context(torch.random.fork_rng(devices=[]))
        stack.enter_context(torch.enable_grad())
        stack.enter_context(recorder)
        stack.enter_context(Calls(recorder))
        yield
