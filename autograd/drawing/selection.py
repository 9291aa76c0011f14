"""The part of a graph that a picture shows: everything, scopes folded, a neighbourhood, the paths from w.

Up to 60 nodes stand each in their own box. Above that scopes fold, the innermost first; above 500
boxes nobody could read the picture, and it is refused unless `fold=False` insists.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from ..graph import gradients_of
from ..nodes.scopes import scope
from ..value import Value
from .fold import Folds, Group, chain, group_of, groups

MAX_UNFOLDED = 60
MAX_BOXES = 500

Fold = bool | str | Sequence[str] | None


class TooLarge(ValueError):
    """A picture that nobody could read; the message says what to ask for instead."""


def select(order: list[Value], fold: Fold = None, opened: Iterable[str] = ()) -> list[Group]:
    """The boxes of the whole graph.

    `fold` names the scopes to fold (see `named`), or says True (all outermost scopes), False (none)
    or None (by size). Raises ValueError for a name that fits no scope of the graph, and TooLarge.
    """
    if fold is False:
        return groups(order, lambda place: False)
    known = {around for place in {node.scope for node in order} for around in chain(place)}
    _check_paths(known, opened)
    if fold is None:
        made = _by_size(order, known, opened)
    elif fold is True:
        made = groups(order, _at_depth(1), opened)
    else:
        names = [fold] if isinstance(fold, str) else list(fold)
        wanted = {place for name in names for place in _called(known, name)}
        made = groups(order, wanted.__contains__, opened)
    if len(made) > MAX_BOXES:
        raise TooLarge(
            f"a picture of {len(made):,} boxes would be too large to read. Draw a part of it, "
            "`draw(v, around=w, radius=3)`; compute in scopes, `with autograd.scope(name):`, which "
            "fold into one box each; read it as text, `print(draw(v, fold=False).tree())`; or insist, "
            "`draw(v, fold=False)`"
        )
    return made


def _by_size(order: list[Value], known: set[scope], opened: Iterable[str]) -> list[Group]:
    made = groups(order, lambda place: False)
    for depth in range(max((len(chain(place)) for place in known), default=0), 0, -1):
        if len(made) <= MAX_UNFOLDED:
            break
        made = groups(order, _at_depth(depth), opened)
        if len(made) > MAX_UNFOLDED:
            made = _leaves_together(made)
    return made


def _at_depth(depth: int) -> Folds:
    return lambda place: len(chain(place)) == depth


def named(name: str) -> Folds:
    """Scopes called `name`, or `name` and a number ("layer" folds "layer 1"), or with that path.

    >>> named("layer")(scope("layer 2")), named("layer")(scope("layered"))
    (True, False)
    """
    return lambda place: name in (place.path, place.name) or place.name.startswith(f"{name} ")


def _called(known: set[scope], name: str) -> list[scope]:
    found = list(filter(named(name), known))
    if not found:
        raise ValueError(f"fold={name!r} fits no scope of this graph{_listed(known)}")
    return found


def _check_paths(known: set[scope], opened: Iterable[str]) -> None:
    for path in opened:
        if path not in {place.path for place in known}:
            raise ValueError(f"open={path!r} is not a scope of this graph{_listed(known)}")


def _listed(known: set[scope]) -> str:
    paths = sorted({place.path for place in known})
    if not paths:
        return ", which has none: `with autograd.scope(name):` makes one"
    return f"; there are {', '.join(map(repr, paths[:12]))}" + (", …" if len(paths) > 12 else "")


def _leaves_together(made: list[Group]) -> list[Group]:
    """Leaves outside all scopes with the same users (a network's inputs, say) as one box."""
    shown_in = group_of(made)
    users: dict[Group, list[int]] = {}
    for number, group in enumerate(made):
        for parent in {parent for node in group.nodes for parent in node.parents}:
            users.setdefault(shown_in[parent], []).append(number)

    def key(group: Group) -> list[int]:
        leaf = group.kind == "node" and not group.nodes[0].parents and group.place is None
        return users.get(group, []) if leaf else []

    result = [group for group in made if not key(group)]
    for _, alike in groupby(sorted(filter(key, made), key=key), key):
        leaves = [leaf for group in alike for leaf in group.nodes]
        result.append(Group("leaves" if len(leaves) > 1 else "node", leaves))
    return result


def neighbourhood(order: list[Value], around: Value, radius: int) -> list[Group]:
    """The nodes within `radius` edges of `around`, in either direction, and all others as one group.

    Raises ValueError if `around` is not below the root or the radius is negative, TooLarge if these
    nodes are more than a picture can show.
    """
    if radius < 0:
        raise ValueError(f"radius must be at least 0, not {radius}")
    _check_below(order, around, "around")
    users: dict[Value, list[Value]] = {}
    for node in order:
        for parent in node.parents:
            users.setdefault(parent, []).append(node)
    near = frontier = {around}
    for _ in range(radius):
        frontier = {next_ for node in frontier for next_ in (*node.parents, *users.get(node, ()))} - near
        near = near | frontier
        if len(near) > MAX_BOXES:
            raise TooLarge(
                f"more than {MAX_BOXES} values are within {radius} edges of this one: a picture of them "
                "would be too large to read; ask for a smaller radius, or for a value with fewer uses"
            )
    shown = [Group("node", [node], node.scope) for node in order if node in near]
    elsewhere = [node for node in order if node not in near]
    return [*shown, Group("elsewhere", elsewhere)] if elsewhere else shown


def flows(order: list[Value], w: Value) -> dict[tuple[Value, int], float]:
    """For every use (node, slot) on a path from w to the root, the sum over the paths through it.

    The paths through an edge share it: (∂tail/∂w) · local · (∂root/∂head). Raises ValueError where
    w is not below the root.
    """
    _check_below(order, w, "path")
    adjoints = gradients_of(order[-1])
    tangents = {w: 1.0}
    found: dict[tuple[Value, int], float] = {}
    for node in order:
        for slot, (parent, local) in enumerate(zip(node.parents, node.local_derivatives, strict=True)):
            if parent in tangents:
                pushed = tangents[parent] * local
                tangents[node] = tangents.get(node, 0.0) + pushed
                found[node, slot] = pushed * adjoints[node]
    return found


def _check_below(order: list[Value], node: Value, role: str) -> None:
    if not any(node is other for other in order):
        raise ValueError(f"{role}: {node!r} is not in the graph below {order[-1]!r}")
