"""copy and pickle: values, gradients, labels and sharing survive, at any depth; nothing foreign runs."""

from __future__ import annotations

import copy
import io
import pickle
import random

import pytest
from hypothesis import given
from test_graph import diamond, programs

import autograd
import nn
from autograd import Value, scope, topological_order

WAYS = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    "oldest pickle": lambda x: pickle.loads(pickle.dumps(x, protocol=0)),
    "pickle in Python": lambda x: pickle._loads(pickle._dumps(x)),  # pyright: ignore[reportAttributeAccessIssue]
}
by_any_way = pytest.mark.parametrize("twin_of", WAYS.values(), ids=WAYS)


def facts(root: Value) -> list[tuple]:
    """All that there is to know of a graph, with positions in the order for identities."""
    order = topological_order(root)
    position = {id(node): i for i, node in enumerate(order)}

    def place(operand):
        return ("node", position[id(operand)]) if isinstance(operand, Value) else operand

    return [
        (
            *(node.data, node._grad, node.label, node.line, node.scope and node.scope.path),
            node.rule,
            tuple(map(place, node.operands)),
            tuple(map(place, node.parents)),
            node.local_derivatives,
        )
        for node in order
    ]


@by_any_way
@given(root=programs())
def test_a_copy_is_equal_and_apart(twin_of, root):
    root.backward()
    before = facts(root)
    twin = twin_of(root)
    assert facts(twin) == before
    assert not set(topological_order(twin)) & set(topological_order(root))
    twin.backward()
    twin.zero_grad()
    assert facts(root) == before


@by_any_way
def test_a_diamond_stays_a_diamond_and_can_run_backward(twin_of):
    a, b, _, root = diamond()
    root.backward()
    twin_a, twin_b, twin = twin_of((a, b, root))
    assert (twin_a.grad, twin_a.label) == (135.0, "a")
    assert twin.parents[0] is twin_b
    assert twin_b.parents == (twin_a, twin_a)
    assert len(topological_order(twin)) == 4
    twin.zero_grad()
    twin.backward()
    assert twin_a.grad == 135.0
    assert a.grad == 135.0


@by_any_way
def test_values_in_one_container_share_what_they_shared(twin_of):
    x = Value(2.0, "x")
    middle = x * 3
    y, z = middle + 1, middle**2
    copies = twin_of({"late": [z, y], "early": (x, middle)})
    (z2, y2), (x2, middle2) = copies["late"], copies["early"]
    assert y2.parents[0] is z2.parents[0] is middle2
    assert middle2.parents[0] is x2
    z2.backward()
    assert x2.grad == 36.0


@by_any_way
def test_a_network_and_its_loss_stay_connected(twin_of):
    mlp = nn.MLP([2, 3, 1], seed=1)
    (out,) = mlp([0.5, -1.0])
    loss = (out - 1) ** 2
    twin_mlp, twin_loss = twin_of([mlp, loss])
    twin_loss.backward()
    loss.backward()
    assert [p.grad for p in twin_mlp.parameters()] == [p.grad for p in mlp.parameters()]
    assert any(p.grad for p in twin_mlp.parameters())
    assert twin_mlp([0.5, -1.0])[0].data == out.data


class Parameter(Value):
    """A Value that knows more, as users make them."""

    def __init__(self, data: float, group: list) -> None:
        super().__init__(data, "p")
        self.group = group


@pytest.mark.parametrize("twin_of", [*WAYS.values(), copy.copy], ids=[*WAYS, "copy"])
def test_what_a_subclass_adds_is_kept(twin_of):
    p = Parameter(2.0, ["w"])
    p.group.append(p)
    twin = twin_of(p)
    assert (type(twin), twin.data, twin.label, twin.group[0]) == (Parameter, 2.0, "p", "w")
    assert (twin.group is p.group) == (twin_of is copy.copy)
    assert twin.group[1] is (p if twin_of is copy.copy else twin)
    twin = twin_of(p * 3.0)
    assert twin.parents[0].group[0] == "w"


class Slotted(Value):
    """The same, in slots: of its own, of a private name, and one that is not set."""

    __slots__ = ("__hidden", "group", "unset")

    def hide(self, number: float) -> Slotted:
        self.__hidden = number
        return self

    def hidden(self) -> float:
        return self.__hidden


class SlottedAndMore(Slotted):
    """With a dict beside the slots."""


@pytest.mark.parametrize("twin_of", [*WAYS.values(), copy.copy], ids=[*WAYS, "copy"])
@pytest.mark.parametrize("kind", [Slotted, SlottedAndMore])
def test_what_a_subclass_keeps_in_slots_is_kept(twin_of, kind):
    p = kind(2.0).hide(5.0)
    p.group = [p]
    if kind is SlottedAndMore:
        p.note = p * 3.0
    twin = twin_of(p)
    assert (type(twin), twin.data, twin.hidden(), hasattr(twin, "unset")) == (kind, 2.0, 5.0, False)
    assert twin.group[0] is (p if twin_of is copy.copy else twin)
    if kind is SlottedAndMore:
        assert twin.note.parents[0] is (p if twin_of is copy.copy else twin)
    assert twin_of(p * 3.0).parents[0].hidden() == 5.0


@by_any_way
def test_scopes_lines_and_branches_survive(twin_of):
    with autograd.record_lines(), scope("outer"), scope("inner"):
        x = Value(2.0, "x")
        y = autograd.where(x > 0, x * 2, lambda: x)
    twin = twin_of(y)
    assert facts(twin) == facts(y)
    assert twin.scope.path == "outer/inner"
    assert "test_copying.py" in twin.line


def test_a_shallow_copy_has_the_same_parents():
    x = Value(2.0, "x")
    y = x * 3
    twin = copy.copy(y)
    assert twin is not y
    assert twin.parents[0] is x
    twin.backward()
    assert (x.grad, y.grad, twin.grad) == (3.0, 0.0, 1.0)


def nested(n: int) -> list[Value]:
    nodes = [Value(0.5)]
    for _ in range(n):
        nodes.append(nodes[-1] * 0.9 + nodes[0])
    return nodes


@by_any_way
def test_depth_costs_no_recursion(twin_of):
    nodes = nested(5_000)
    twin = twin_of(nodes[-1])
    assert twin.data == nodes[-1].data
    assert len(topological_order(twin)) == 10_001


def test_pickling_every_node_of_a_chain_takes_linear_space():
    small, large = (len(pickle.dumps(nested(n))) for n in (500, 2_000))
    assert large < 5 * small
    twins = pickle.loads(pickle.dumps(nested(2_000)))
    assert len(topological_order(*twins)) == 4_001
    assert len(topological_order(*copy.deepcopy(twins))) == 4_001


def test_one_pickler_remembers_what_it_wrote_and_another_does_not():
    x = Value(2.0)
    y = x * 3
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream)
    pickler.dump(x)
    pickler.dump(y)
    alone = pickle.loads(pickle.dumps(y))  # while the records of the first are alive
    stream.seek(0)
    unpickler = pickle.Unpickler(stream)
    x2, y2 = unpickler.load(), unpickler.load()
    assert y2.parents[0] is x2
    alone.backward()
    assert alone.parents[0].grad == 3.0


class _PackageOnly(pickle.Unpickler):
    """An unpickler that refuses every name outside the package."""

    def find_class(self, module, name):
        if module.split(".")[0] != "autograd":
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module, name)


@given(root=programs())
def test_unpickling_runs_nothing_but_the_package(root):
    with scope("place"):
        root = root + 1
    twin = _PackageOnly(io.BytesIO(pickle.dumps([root, root]))).load()[0]
    assert twin.data == root.data


def test_an_operation_that_is_not_there_is_named():
    data = pickle.dumps(Value(2.0).tanh(), protocol=0).replace(b"tanh", b"tanz")
    with pytest.raises(pickle.UnpicklingError, match="'tanz'"):
        pickle.loads(data)


def test_a_copy_keeps_every_bit():
    rng = random.Random(0)
    xs = [Value(rng.uniform(-1, 1) * 10.0 ** rng.randrange(-320, 300)) for _ in range(200)]
    for twin_of in WAYS.values():
        assert [x.data.hex() for x in twin_of(xs)] == [x.data.hex() for x in xs]


def chain(length: int, start: Value | None = None) -> Value:
    y = Value(0.5) if start is None else start
    for _ in range(length):
        y = y * 0.5 + y * 0.499
    return y


class TestOpenPicklers:
    """A pickler that stays open: what it has written is its own affair, not its thread's."""

    @pytest.mark.parametrize("make", [pickle.Pickler, pickle._Pickler])
    def test_another_pickler_writes_all_that_it_needs(self, make):
        deep = chain(1000)
        stream = io.BytesIO()
        pickler = make(stream)
        pickler.dump(deep)
        above = deep * 2.0 + chain(200)
        for root in (deep, above, topological_order(above)[17]):
            assert facts(pickle.loads(pickle.dumps(root))) == facts(root)
            assert facts(pickle.loads(pickle._dumps(root))) == facts(root)  # pyright: ignore[reportAttributeAccessIssue]

    @pytest.mark.parametrize("make", [pickle.Pickler, pickle._Pickler])
    def test_picklers_that_take_turns_share_within_themselves(self, make):
        """Each reads back one graph, however they alternate and whichever dumps grow upon which."""
        rng = random.Random(8)
        for _ in range(3):
            nodes = [chain(150)]
            streams = [io.BytesIO() for _ in range(3)]
            picklers = [make(stream) for stream in streams]
            written: list[list[Value]] = [[] for _ in picklers]
            for _ in range(20):
                nodes.append(chain(rng.randrange(1, 40), rng.choice(nodes)) + rng.choice(nodes))
                k = rng.randrange(3)
                root = rng.choice(nodes)
                picklers[k].dump(root)
                written[k].append(root)
                if rng.random() < 0.3:
                    pickle.dumps(rng.choice(nodes))
            for stream, roots in zip(streams, written, strict=True):
                stream.seek(0)
                unpickler = pickle.Unpickler(stream)
                twins = [unpickler.load() for _ in roots]
                for root, twin in zip(roots, twins, strict=True):
                    assert facts(twin) == facts(root)
                both = set[int]()
                for root, twin in zip(roots, twins, strict=True):
                    pairs = zip(topological_order(root), topological_order(twin), strict=True)
                    both |= {(id(a), id(b)) for a, b in pairs}
                assert len(both) == len({a for a, _ in both}) == len({b for _, b in both})  # pyright: ignore[reportGeneralTypeIssues]

    def test_a_list_of_all_nodes_is_as_small_in_any_order(self):
        nodes = topological_order(chain(1500))
        sizes = [len(pickle.dumps(order)) for order in (nodes, nodes[::-1])]
        assert sizes[0] < 2 * sizes[1]
        twins = pickle.loads(pickle.dumps(nodes))
        assert len(set(topological_order(twins[-1]))) == len(nodes)
        assert topological_order(twins[-1])[-1] is twins[-1]

    def test_nothing_is_kept_when_the_picklers_are_gone(self):
        from autograd.nodes import copying

        y = chain(50)
        pickle.dumps([y, y.first])
        assert not copying._records
