"""Names of nodes: the label, a variable, a short expression, or `v7`, and never one name for two nodes."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from ..graph import topological_order
from ..rules import ListRule
from ..table.row import FormulaRule
from ..value import Value
from .characters import printable
from .items import ELLIPSIS, ItemRule, value_of
from .mathematics import ATOM, SIGN, SUM, TEXT, Written, applied, binding, write_number, written
from .numbers import short_number
from .typesetting import Style

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RAISED = tuple("⁰¹²³⁴⁵⁶⁷⁸⁹")
LONGEST = 12  # characters of an expression that may serve as a name

# Writes a constant operand of a node in another way than with all its digits, or gives None.
Constant = Callable[[Value, int, float], Written | None]


def display_names(root: Value | Sequence[Value], names: Mapping[str, Any] | None = None) -> dict[Value, str]:
    """A name for every node below `root`, one output or several: its label, else one from its origin.

    A node without a label takes the name of its variable in `names` (such as `vars()`; in IPython
    the user's own variables, if `names` is None), else a short expression of its parents' names,
    else `v7`, its place in topological order. A label that several nodes have is numbered, `w#1`, `w#2`;
    so no two nodes have one name. Raises TypeError if `root` is not a Value, or `names` not a dictionary.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> L = (a * b + 1) * Value(5.0)
    >>> list(display_names(L).values())
    ['a', 'b', 'a·b', 'a·b + 1', 'v5', '(a·b + 1)·v5']
    >>> display_names(L, vars())[L]
    'L'
    """
    if not (names is None or isinstance(names, Mapping)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"names must be a dictionary, such as vars(), not {names!r:.60}")
    order = topological_order(*([root] if isinstance(root, Value) else root))
    shared = {label for label, count in Counter(node.label for node in order).items() if count > 1}
    labels = {node.label for node in order} | {""}
    variables = _variables(_user_namespace() if names is None else names)
    taken = labels.union(variables.values())
    pieces: dict[Value, Written] = {}
    for index, node in enumerate(order, 1):
        variable = variables.get(id(node), "")
        if node.label and node.label not in shared:
            piece = Written(node.label, ATOM if is_one_word(node.label) else SUM)
        elif variable not in labels:
            piece = Written(variable)
        else:
            piece = next(choice for choice in _choices(node, index, pieces) if choice.text not in taken)
            taken.add(piece.text)
        pieces[node] = piece
    return {node: piece.text for node, piece in pieces.items()}


def _choices(node: Value, index: int, pieces: Mapping[Value, Written]) -> Iterator[Written]:
    """Names to choose from, the best first, without end."""
    if node.label:
        binds = ATOM if is_one_word(node.label) else SUM
        yield from (Written(f"{node.label}#{number}", binds) for number in count(1))
    expression = _expression(node, pieces)
    if expression is not None and len(expression.text) <= LONGEST:
        yield expression
    made_up = f"v{index}"
    while True:
        yield Written(made_up)
        made_up += "′"


def is_one_word(label: str) -> bool:
    """Whether a name needs no parentheses in a formula, as `w` and `weight[1, 2]` can."""
    outside = re.sub(r"\[[^][]*\]", "", label)
    return not any(c.isspace() or c in "+-−*·/×÷^=" for c in outside)


def is_variable(name: str) -> bool:
    """Whether a name is one word, as of a variable, and no formula; Python would take `a·b` for a word."""
    return name.isidentifier() and "·" not in name


def name_in(node: Value, names: Mapping[Value, str]) -> str:
    """A node's name as it is written in a formula: an expression gets parentheses."""
    name = printable(names[node])
    return name if is_one_word(name) or written_name(node, names).binds == ATOM else f"({name})"


def written_name(node: Value, names: Mapping[Value, str], style: Style = TEXT) -> Written:
    """A node's name as a piece of mathematics, which gets parentheses only if it needs them."""
    name = printable(names[node])
    is_formula = not node.label and (not is_one_word(name) or name.endswith(_RAISED))
    binds = binding(node.rule) if is_formula else ATOM if is_one_word(name) else SUM
    return Written(style.name(name), min(binds, SIGN) if name.startswith("−") else binds)


def gradient_name(node: Value, names: Mapping[Value, str]) -> str:
    """A node's gradient as code has it, `b.grad`; of an expression, `(a + b).grad`."""
    name = name_in(node, names)
    bare = not name.startswith(("√", "∛")) and (node.label or not name.endswith(_RAISED))
    return f"{name}.grad" if bare else f"({name}).grad"


def is_made_up(node: Value, names: Mapping[Value, str], place: int) -> bool:
    """Whether the name of the node, the one at this place in topological order, was made up: `v7`."""
    return not node.label and names[node].rstrip("′") == f"v{place}"


def definition(
    node: Value,
    names: Mapping[Value, str],
    place: int,
    constant: Constant | None = None,
    style: Style = TEXT,
) -> str:
    """`v7 = w1·x1 + w2·x2` if the name of the node, the one at this place, was made up; else ""."""
    if not is_made_up(node, names, place):
        return ""
    return f"{style.name(names[node])} {style.symbol('=')} {meaning(node, names, constant, style)}"


def meaning(
    node: Value, names: Mapping[Value, str], constant: Constant | None = None, style: Style = TEXT
) -> str:
    """The operation of a result on its operands' names, `w1·x1 + w2·x2`, or the number of an input."""
    if not node.rule:
        return style.number(short_number(node.data))
    return applied_to(node, lambda x: written_name(x, names, style), style, constant).text


def repeated(node: Value, slot: int) -> bool:
    """Whether `node` uses the parent in this slot in another slot too."""
    return sum(parent is node.parents[slot] for parent in node.parents) > 1


def _expression(node: Value, pieces: Mapping[Value, Written]) -> Written | None:
    """The operation on its operands' names; None for a leaf, a list or a choice of branches."""
    if not isinstance(node.rule, FormulaRule) or None in node.operands:
        return None
    return applied_to(node, pieces.__getitem__)


def applied_to(
    node: Value,
    write: Callable[[Value], Written],
    style: Style = TEXT,
    constant: Constant | None = None,
) -> Written:
    """The expression of a result, with its operands as `write` writes them: `a·b + 1`.

    `constant` may write the constants among them in another way than with all digits.
    """
    rule = node.rule
    assert rule is not None

    def operand(i: int, x: Value | float | None) -> Written:
        if isinstance(x, Value):
            return write(x)
        if x is None:
            return Written(style.symbol("…"))  # a branch not taken
        return (constant and constant(node, i, x)) or write_number(x, style)

    if isinstance(rule, ListRule) and (found := value_of(node)):
        return written_out(found, node, write, style, constant)
    operands = [operand(i, x) for i, x in enumerate(node.operands)]
    if isinstance(rule, ListRule):
        index = f"{node.operands[0]:.0f}".translate(_LOWERED) if rule.index_operands else ""
        listed = style.symbol(", ").join(operand.text for operand in operands[rule.index_operands :])
        return Written(style.row(style.word(rule.name), style.fenced(listed), index and style.name(index)))
    return applied(rule.name, operands, style)


def written_out(
    rule: ItemRule,
    node: Value,
    write: Callable[[Value], Written],
    style: Style = TEXT,
    constant: Constant | None = None,
) -> Written:
    """A formula of a row of lists, with the operands of `node` as `applied_to` writes them."""
    letters: dict[str, Written | float] = {ELLIPSIS: Written(style.symbol("…"))}
    for name, place in rule.places.items():
        x = node.operands[place]
        if isinstance(x, Value):
            letters[name] = write(x)
        elif x is not None:
            letters[name] = (constant and constant(node, place, x)) or x
    return written(rule.formula, style, letters)


def _variables(names: Mapping[str, Any]) -> dict[int, str]:
    """The first public variable that each Value is known by."""
    found: dict[int, str] = {}
    for name, value in list(names.items()):
        if isinstance(value, Value) and not name.startswith("_"):
            found.setdefault(id(value), name)
    return found


def _user_namespace() -> Mapping[str, Any]:
    """The variables of the user of IPython; nothing elsewhere."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell.user_ns if shell else {}
