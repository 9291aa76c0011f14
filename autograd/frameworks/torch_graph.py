# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""From a recording of a PyTorch function to Values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from ..functional.containers import mapped
from ..nodes.scopes import scope
from ..value import Value
from .arrays import Array, array, data_of
from .comparison import Difference
from .imported import Imported, as_given, scalars_in, seeds
from .operations import Call
from .places import Places, computed, has_new, label, place_leaves, settle
from .products import INPUTS
from .refusals import refuse_large, refuse_uncovered
from .torch_names import arguments_of, modules_in, named_in, variables_of
from .torch_recording import Operation, Recorder, Recording, Window, recording
from .torch_schema import functions_behind, of_your_own, replaced, row_of, tensors_in, torch
from .torch_table import ROWS


def import_torch(f: Callable[..., Any], args: Any, kwargs: Any) -> Imported:
    """See `autograd.from_torch`."""
    known = variables_of(f) | arguments_of(f, args, kwargs)
    named = [pair for name, thing in known.items() for pair in named_in(name, thing)]
    names: dict[int, str] = {}
    for name, tensor in named:
        names.setdefault(id(tensor), name)
    modules: dict[int, str] = {}
    for name, thing in known.items():
        if isinstance(thing, torch.nn.Module):
            modules.setdefault(id(thing), name)
        for own, module in modules_in(name, thing):
            modules.setdefault(id(module), own)
    recorder = Recorder(names)
    given: dict[int, Any] = {}

    def as_argument(tensor: Any) -> Any:
        """A copy that f may change; a float is an input whose gradient is asked for."""
        if tensor.requires_grad:
            return tensor
        if id(tensor) not in given:
            given[id(tensor)] = seen = tensor.clone()
            if tensor.is_floating_point():
                leaf = tensor.detach().clone().requires_grad_()
                given[id(tensor)] = seen = leaf.clone()
                name = names.get(id(tensor), "x")
                recorder.add_leaf(name, leaf, seen)
                recorder.recording.arguments.add(name)
        return given[id(tensor)]

    with torch.enable_grad():
        args, kwargs = (replaced(tree, as_argument) for tree in (args, kwargs))
    kept = [(tensor, tensor.detach().clone()) for _, tensor in named if not tensor.requires_grad]
    try:
        with recording(recorder, modules):
            result = f(*args, **kwargs)
        done = recorder.finish()
        done.uncovered = done.uncovered or [*map(of_your_own, functions_behind(tensors_in(result)))]
        _refuse(done, args)
        gradients = _gradients(done, result)
    finally:
        for tensor, before in kept:  # such as a batch norm's running mean
            if not torch.equal(tensor, before):
                tensor.detach().copy_(before)
    return Builder(done).build(result, gradients)


def _refuse(done: Recording, args: Any) -> None:
    refuse_uncovered("torch", done.uncovered, ROWS)
    examples = next((tensor.shape[0] for tensor in tensors_in(args) if tensor.ndim > 1), 1)
    if done.scalars:
        largest = max(done.scalars.items(), key=lambda pair: pair[1])
        refuse_large("torch", sum(done.scalars.values()), largest, examples)


def _gradients(done: Recording, result: Any) -> list[Any]:
    """PyTorch's own gradients of the leaves, None for those that the result doesn't depend on."""
    outputs = [tensor for tensor in tensors_in(result) if tensor.requires_grad]
    if not outputs:
        raise ValueError(
            "from_torch: the result depends on nothing that has a gradient: no argument of floats, no "
            "parameter with requires_grad=True"
        )
    shapes = [tuple(tensor.shape) for tensor in outputs]
    given = [torch.tensor(seed).to(tensor.dtype) for seed, tensor in zip(seeds(shapes), outputs, strict=True)]
    leaves = [leaf for _, leaf, _ in done.leaves]
    return list(torch.autograd.grad(outputs, leaves, given, allow_unused=True, retain_graph=True))


class Builder:
    """Computes a recording once more, on Values."""

    def __init__(self, done: Recording) -> None:
        self._recording = done
        self._storages: dict[int, Array] = {}
        self._detached: dict[Value, Value] = {}
        self._places = Places()
        self._boxes: set[scope | None] = set()
        self._rows: list[Difference] = []

    def build(self, result: Any, gradients: list[Any]) -> Imported:
        """The import, with the results of every operation compared."""
        leaves: dict[str, Any] = {}
        theirs: dict[str, tuple[Any, str]] = {}
        for (name, leaf, window), gradient in zip(self._recording.leaves, gradients, strict=True):
            values = array(map(Value, window.numbers.flat), window.shape)
            label(values, name)
            if name in self._recording.arguments:
                INPUTS.update(values.flat)
            self._write(window, values, None)
            if gradient is None:
                continue  # f doesn't use it
            leaves[name] = as_given(values)
            theirs[name] = gradient.double().numpy(), str(leaf.dtype).removeprefix("torch.")
        self._compute()
        recorder = Recorder({})
        output = replaced(
            result, lambda tensor: self._result(recorder.window(tensor, tensor.requires_grad, True))
        )
        place_leaves(scalars_in(output))
        return Imported(
            "PyTorch", output, leaves, tuple(self._rows), theirs, frozenset(filter(None, self._boxes))
        )

    def _result(self, window: Window) -> Any:
        return as_given(self._read(window)) if window.tracked else window.numbers

    def _compute(self) -> None:
        operations = self._recording.operations
        tracked = [operation for operation in operations if operation.tracked]
        in_call = Counter(operation.call for operation in tracked)
        in_module = Counter(_modules(operation) for operation in tracked)
        parents = {modules[:n] for modules in in_module for n in range(len(modules))}
        left = dict(in_call)
        for operation in operations:
            if not operation.tracked:
                self._overwrite(operation)
                continue
            call, modules = operation.call, _modules(operation)
            left[call] -= 1
            own = str(operation.function).removeprefix("aten.").partition(".")[0].strip("_")
            alone = in_call[call] == 1 or not call[1]
            name = call[1] if call[1] and (alone or not left[call]) else own
            within = self._places.within(modules if alone else [*modules, call])
            if modules and alone and in_module[modules] == 1 and modules not in parents and within:
                place = within  # a layer of one operation
            else:
                place = self._places.new(name if alone else own, within)
            if modules and modules not in parents:
                self._boxes.add(self._places.within(modules))
            else:
                self._boxes.add(place if alone else within)
            shape = self._recording.shapes.get(call[0]) if alone or not left[call] else None
            self._apply(operation, place, name, shape, place is within)

    def _apply(self, operation: Operation, place: scope, name: str, shape: Any, is_layer: bool) -> None:
        """Compute one operation; its results are named by their indices in `shape`."""
        key = row_of(operation.function)
        assert key is not None
        call = Call(
            name,
            mapped(lambda x: self._read(x) if isinstance(x, Window) else x, operation.operands),
            {},
            [window.numbers for window in operation.outputs],
            _runner(operation),
        )
        results = computed(ROWS[key], call, place, f"PyTorch's {operation.function}")
        pairs = [(w, array(v)) for w, v in zip(operation.outputs, results) if v is not None]
        if any(has_new(values) for _, values in pairs):
            name = self._places.result(name)
            for window, values in pairs:
                fits = shape is not None and math.prod(shape) == values.size
                seen = shape if fits else values.shape  # a layer may compute on more axes
                label(values.reshape(seen), name)
                settle(values, place, is_layer)
                ours, theirs = data_of(values).reshape(seen), window.numbers.reshape(seen)
                dtype = str(window.dtype).removeprefix("torch.")
                self._rows.append(Difference("value", name, ours, theirs, dtype))
        for window, values in pairs:
            self._write(window, values, operation.before)

    def _overwrite(self, operation: Operation) -> None:
        """New numbers in a result, without a gradient of their own: its derivative is 1 as before."""
        [window] = operation.outputs
        if window.storage not in self._storages:
            return
        behind = self._window_on(window)
        before = _view(operation.before, window)
        for index in np.ndindex(*window.shape):
            change = float(window.numbers[index] - before[index])
            if not isinstance(behind[index], Value):
                behind[index] = float(window.numbers[index])
            elif change:
                behind[index] = behind[index] + change

    def _window_on(self, window: Window) -> Array:
        return _view(self._storages[window.storage], window)

    def _read(self, window: Window) -> Any:
        if window.tracked:
            return self._window_on(window).copy()
        if not window.dtype.is_floating_point:
            return window.numbers
        numbers = window.numbers.astype(object)
        if window.storage in self._storages:
            behind = self._window_on(window)
            for index in np.ndindex(*window.shape):
                if isinstance(behind[index], Value):
                    numbers[index] = self._detach(behind[index])
        return numbers

    def _detach(self, value: Value) -> Value:
        """A leaf in the place of a result through which no gradient passes, shown as such."""
        if value not in self._detached:
            self._detached[value] = Value(value.data, f"detach({value.label})")
        return self._detached[value]

    def _write(self, window: Window, values: Array, before: Any) -> None:
        if window.storage not in self._storages:
            fresh = np.full(window.size, 0.0, dtype=object) if before is None else before.astype(object)
            self._storages[window.storage] = fresh
        self._window_on(window)[...] = values


def _view(storage: Any, window: Window) -> Any:
    """The part of a storage that a window shows, to read and to write."""
    strides = tuple(stride * storage.itemsize for stride in window.strides)
    return np.lib.stride_tricks.as_strided(storage[window.offset :], window.shape, strides)


def _modules(operation: Operation) -> tuple[tuple[int, str], ...]:
    """The calls of modules around an operation; the root of all has no name, and is left out."""
    return tuple(module for module in operation.modules if module[1])


def _runner(operation: Operation) -> Callable[..., list[Any]]:
    """The operation itself on NumPy arrays."""

    def run(*arrays: Any) -> list[Any]:
        # Copies, which an in-place operation may change.
        operands = mapped(lambda x: torch.tensor(x) if isinstance(x, np.ndarray) else x, arrays)
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for argument, operand in zip(operation.function._schema.arguments, operands, strict=True):
            if argument.kwarg_only:
                named[argument.name] = operand
            else:
                positional.append(operand)
        with torch.no_grad():
            return [made.numpy() for made in tensors_in(operation.function(*positional, **named))]

    return run
