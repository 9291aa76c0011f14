"""How nodes and numbers are written for people: short, and never two nodes by one made-up name."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from ..graph import topological_order
from ..table.row import FormulaRule
from ..value import Value
from .characters import printable
from .mathematics import ATOM, SUM, TEXT, Written, applied, write_number
from .typesetting import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_TERMS = 6  # of a sum that is written out
LONGEST = 12  # characters of an expression that may serve as a name


def display_names(root: Value, names: Mapping[str, Any] | None = None) -> dict[Value, str]:
    """A name for every node below `root`: its label, else what it was called or computed from.

    A node without a label takes the name of its variable in `names` (such as `vars()`; in IPython
    the user's own variables, if `names` is None), else a short expression of its parents' names,
    else `v7`, its place in topological order. Labels are kept as they are; all other names differ
    from each other and from every label. Raises TypeError where `root` is no Value.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> L = (a * b + 1) * Value(5.0)
    >>> list(display_names(L).values())
    ['a', 'b', 'a·b', 'a·b + 1', 'v5', '(a·b + 1)·v5']
    >>> display_names(L, vars())[L]
    'L'
    """
    order = topological_order(root)
    labels = {node.label for node in order} | {""}
    variables = _variables(_user_namespace() if names is None else names)
    taken = labels.union(variables.values())
    pieces: dict[Value, Written] = {}
    for index, node in enumerate(order, 1):
        variable = variables.get(id(node), "")
        if node.label:
            piece = Written(node.label, ATOM if is_one_word(node.label) else SUM)
        elif variable not in labels:
            piece = Written(variable)
        else:
            piece = next(made for made in _made_up(node, index, pieces) if made.text not in taken)
            taken.add(piece.text)
        pieces[node] = piece
    return {node: piece.text for node, piece in pieces.items()}


def _made_up(node: Value, index: int, pieces: Mapping[Value, Written]) -> Iterator[Written]:
    """Names to choose from, the best first, without end."""
    expression = _expression(node, pieces)
    if expression is not None and len(expression.text) <= LONGEST:
        yield expression
    made_up = f"v{index}"
    while True:
        yield Written(made_up)
        made_up += "′"


def is_one_word(label: str) -> bool:
    """Whether a name can stand in a formula without parentheses."""
    return not any(c.isspace() or c in "+-−*·/×÷^=" for c in label)


def name_in(node: Value, names: Mapping[Value, str]) -> str:
    """A node's name as it is written in a formula: an expression gets parentheses."""
    name = printable(names[node])
    return name if is_one_word(name) else f"({name})"


def superscript(node: Value, slot: int) -> str:
    """⁽¹⁾, ⁽²⁾, … for an operand that `node` uses more than once, else nothing."""
    return f"⁽{str(slot + 1).translate(_SUPERSCRIPTS)}⁾" if repeated(node, slot) else ""


def repeated(node: Value, slot: int) -> bool:
    """Whether `node` uses the parent in this slot in another slot too."""
    return sum(parent is node.parents[slot] for parent in node.parents) > 1


_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _expression(node: Value, pieces: Mapping[Value, Written]) -> Written | None:
    """The operation on its operands' names; None for a leaf, a list or a choice of branches."""
    if not isinstance(node.rule, FormulaRule) or None in node.operands:
        return None
    return applied_to(node, pieces.__getitem__)


def applied_to(node: Value, write: Callable[[Value], Written], style: Style = TEXT) -> Written:
    """How a result came about, with its operands as `write` writes them: `a·b + 1`."""
    rule = node.rule
    assert rule is not None
    left_out = Written(style.symbol("…"))  # a branch not taken
    operands = [
        left_out if o is None else write(o) if isinstance(o, Value) else write_number(o, style)
        for o in node.operands
    ]
    if rule.name == "dot":
        n = len(operands) // 2
        pairs = zip(operands[:n], operands[n : 2 * n], strict=True)
        terms = [applied("mul", pair, style) for pair in pairs]
        bias = (
            [] if node.operands[-1] == 0.0 and not isinstance(node.operands[-1], Value) else operands[2 * n :]
        )
        return _added(terms + bias, style)
    return _added(operands, style) if rule.name == "sum" else applied(rule.name, operands, style)


def _added(terms: Sequence[Written], style: Style) -> Written:
    """A sum, of which a long one shows its beginning and its end."""
    if len(terms) > MOST_TERMS:
        terms = [*terms[: MOST_TERMS - 2], Written(style.symbol("…")), terms[-1]]
    return reduce(lambda total, term: applied("add", [total, term], style), terms)


def _variables(names: Mapping[str, Any]) -> dict[int, str]:
    """The first public variable that each Value is known by."""
    found: dict[int, str] = {}
    for name, value in list(names.items()):
        if isinstance(value, Value) and not name.startswith("_"):
            found.setdefault(id(value), name)
    return found


def _user_namespace() -> Mapping[str, Any]:
    """What the user of IPython has defined; nothing elsewhere."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell.user_ns if shell else {}


def short_number(x: float, digits: int = 3) -> str:
    """A number to read at a glance: 3 significant digits, whole numbers plain, "−" for minus.

    The stepper's page writes numbers in the same way (`short` in stepper/web/numbers.js).

    >>> [short_number(x) for x in (63.0, -0.70710678, 1234.56, 0.0000123456, 2e9, float("-inf"))]
    ['63', '−0.707', '1235', '1.23e−5', '2e9', '−∞']
    """
    if not math.isfinite(x):
        return "nan" if math.isnan(x) else "∞" if x > 0 else "−∞"
    exact = Decimal(abs(x))
    if 1e-3 <= abs(x) < 1e6 or x == 0:
        decimals = 0 if x == int(x) else max(0, digits - 1 - exact.adjusted())
        text, exponent = f"{_rounded(exact, -decimals):f}", ""
    else:
        mantissa = _rounded(exact, exact.adjusted() - digits + 1)
        text = f"{mantissa.scaleb(-mantissa.adjusted()):f}"
        exponent = f"e{mantissa.adjusted()}"
    shortest = text.rstrip("0").rstrip(".") if "." in text else text
    sign = "-" if x < 0 else ""
    return f"{sign}{shortest}{exponent}".replace("-", "−")


def _rounded(x: Decimal, place: int) -> Decimal:
    """As at school, and as in JavaScript: a half is rounded up."""
    return x.quantize(Decimal(1).scaleb(place), ROUND_HALF_UP, _PLENTY)


_PLENTY = Context(prec=1200)  # enough for every digit of every float


def product_text(upstream: float, local: float, contribution: float, digits: int = 3) -> str:
    """One product of the chain rule; "≈" where the rounded factors don't give the printed product.

    >>> product_text(21.0, 3.0, 63.0), product_text(2.0, -0.707106, -1.414212)
    ('21 × 3 = 63', '2 × (−0.707) ≈ −1.41')
    """
    factors = [short_number(upstream, digits), short_number(local, digits)]
    product = short_number(contribution, digits)
    second = f"({factors[1]})" if factors[1].startswith("−") else factors[1]
    return f"{factors[0]} × {second} {relation(factors, product, math.prod)} {product}"


def sum_text(before: float, added: float, after: float, digits: int = 3) -> str:
    """A running sum: "9 + 63 = 72", "9 − 2 = 7", with "≈" as in a product."""
    terms = [short_number(before, digits), short_number(added, digits)]
    total = short_number(after, digits)
    sign, size = ("−", terms[1][1:]) if terms[1].startswith("−") else ("+", terms[1])
    return f"{terms[0]} {sign} {size} {relation(terms, total, sum)} {total}"


def relation(operands: list[str], result: str, combine: Any) -> str:
    """ "=" where the numbers as printed give the printed result, else "≈"."""
    if any(c in "".join((*operands, result)) for c in "∞n"):
        return "="
    *exact, total = (Fraction(text.replace("−", "-")) for text in (*operands, result))
    return "=" if combine(exact) == total else "≈"
