"""A reader of printed equations: it evaluates the text of each line on arrays, as a person would.

Every array is a matrix for each example, (rows, columns, examples), of one example if it is the same for all;
a number has one row and one column. Nothing is reshaped unless the text says so, and nothing here knows how
the text was made.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from autograd import RULES

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
WORDS: dict[Any, str] = {"σ": "sigmoid", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}
WORDS |= {"max": "maximum", "min": "minimum", "sgn": "sign"}
GOES_ON = re.compile(r"[A-Za-z0-9_₀-₉]")


class Reader:
    """Evaluates text; `values` are the arrays of names, `indices` the rows that an index means."""

    def __init__(self, values, indices, m):
        self.values, self.indices, self.m = values, indices, m

    def read(self, text):
        self.tokens = self.split(text)
        self.at = 0
        result = self.cases()
        assert self.at == len(self.tokens), (text, self.tokens[self.at :])
        return result

    def split(self, text):
        names = sorted([*self.values, *self.indices], key=len, reverse=True)
        tokens = []
        while text := text.strip():
            found = [n for n in names if text.startswith(n) and not GOES_ON.match(text[len(n) :])]
            name = found[0] if found else None
            word = re.match(r"[^\W\d₀-₉⁰-⁹]+(?:_[^\W\d]+)*\d*(?=[′(])", text)
            number = re.match(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?", text)
            raised = re.match(r"[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", text)
            if name is not None and not (word and len(word[0]) > len(name)):
                tokens.append(("name", name))
                text = text[len(name) :]
            elif number:
                tokens.append(("number", float(number[0])))
                text = text[number.end() :]
            elif word:
                tokens.append(("word", word[0]))
                text = text[word.end() :]
            elif raised:
                tokens.append(("power", float(raised[0].translate(SUPERSCRIPTS))))
                text = text[raised.end() :]
            elif text.startswith(("log 2", "log 10")):
                size = 6 if text.startswith("log 10") else 5
                tokens.append(("number", math.log(float(text[4:size]))))
                text = text[size:]
            elif text.startswith("π"):
                tokens.append(("number", math.pi))
                text = text[1:]
            else:
                tokens.append(("symbol", text[0]))
                text = text[1:]
        return tokens

    def peek(self, *symbols):
        return self.at < len(self.tokens) and self.tokens[self.at] in [("symbol", s) for s in symbols]

    def take(self, *symbols):
        if self.peek(*symbols):
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def expect(self, symbol):
        assert self.take(symbol), (symbol, self.tokens, self.at)

    def cases(self):
        left = self.sum()
        while op := self.take("<", "≤", ">", "≥", "=", "≠"):
            right = self.sum()
            a, b = matched(left, right)
            compared = {"<": a < b, "≤": a <= b, ">": a > b, "≥": a >= b, "=": a == b, "≠": a != b}
            left = compared[op].astype(float)
        return left

    def sum(self):
        total = self.products()
        while op := self.take("+", "−"):
            a, b = matched(total, self.products())
            total = a + b if op == "+" else a - b  # pyright: ignore[reportOperatorIssue]
        return total

    def products(self):
        """⊙ and / work element by element, after ·."""
        sign = -1.0 if self.take("−") else 1.0
        result = self.dots()
        while op := self.take("⊙", "/"):
            a, b = matched(result, self.dots())
            result = a * b if op == "⊙" else a / b
        return result * sign

    def dots(self):
        result = self.power()
        while self.take("·"):
            result = product(result, self.power())
        return result

    def power(self) -> Any:
        if self.take("−"):
            return -self.power()
        if self.take("Σ"):
            return self.power().sum(axis=(0, 1), keepdims=True)
        result = self.atom()
        while True:
            if self.at < len(self.tokens) and self.tokens[self.at][0] == "power":
                result = result ** self.tokens[self.at][1]
                self.at += 1
            elif self.take("ᵀ"):
                result = result.swapaxes(0, 1)
            elif self.take("^"):
                a, b = matched(result, self.atom())
                result = a**b
            elif self.take("["):
                result = self.elements(result)
            else:
                return result

    def elements(self, whole):
        """Elements of a row or column, v[0:3], several columns, v[0:2 | 1:3]; rows or columns of a matrix."""
        if min(whole.shape[:2]) > 1:
            rows = self.places()
            columns = self.places() if self.take(",") else slice(None)
            self.expect("]")
            return whole[rows][:, columns]
        column = whole.reshape(-1, 1, whole.shape[2])
        if self.tokens[self.at][1] in self.indices:
            picked = column[self.indices[self.number()], 0]
            self.expect("]")
            return picked if picked.ndim == 3 else picked[:, None]
        columns = [[]]
        while not self.take("]"):
            if self.take("|"):
                columns.append([])
            elif not self.take(","):
                columns[-1] += self.slice()
        return np.concatenate([column[places] for places in columns], axis=1)

    def places(self):
        """Rows or columns of a matrix: all, an index, a slice."""
        if self.take(":"):
            return slice(None)
        return self.indices[self.number()] if self.tokens[self.at][1] in self.indices else self.slice()

    def slice(self):
        parts, last = [], None
        while True:
            if self.take(":"):
                parts.append(last)
                last = None
            elif self.take("−"):
                last = -int(self.number())
            elif self.at < len(self.tokens) and self.tokens[self.at][0] == "number":
                last = int(self.number())
            elif self.peek("-"):
                self.at += 1
                last = -int(self.number())
            else:
                parts.append(last)
                break
        if len(parts) == 1:
            assert parts[0] is not None, (self.tokens, self.at)
            return [parts[0]]
        start, stop, step = [*parts, 1][:3]
        if step is not None and step < 0 and stop is None:
            stop = -1
        return list(range(start, stop, step))  # pyright: ignore[reportArgumentType]

    def number(self):
        self.at += 1
        return self.tokens[self.at - 1][1]

    def atom(self) -> Any:
        kind, value = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return np.full((1, 1, 1), value)
        if kind == "name":
            return self.values[value]
        if kind == "word":
            slope = self.take("′")
            self.expect("(")
            return self.call(value, self.arguments(")"), slope)
        if value in "√∛":
            return self.call({"√": "sqrt", "∛": "cbrt"}[value], [self.atom()], None)
        if value in "⌊⌈":
            result = self.cases()
            self.expect({"⌊": "⌋", "⌈": "⌉"}[value])
            return np.floor(result) if value == "⌊" else np.ceil(result)
        if value == "|":
            result = self.sum()
            self.expect("|")
            return abs(result)
        if value == "‖":
            result = self.sum()
            self.expect("‖")
            return np.sqrt((result**2).sum(axis=(0, 1), keepdims=True))
        assert value == "(", (value, self.tokens, self.at)
        parts = self.arguments(")")
        if len(parts) == 1:
            return parts[0]
        assert all(part.shape[1] == 1 for part in parts), "not columns"
        return np.concatenate([np.broadcast_to(part, (len(part), 1, self.m)) for part in parts])

    def arguments(self, end):
        parts = [self.cases()]
        while self.take(","):
            parts.append(self.cases())
        self.expect(end)
        return parts

    def call(self, word, operands, slope):
        name = str(WORDS.get(word, word))
        if name == "vec":
            (whole,) = operands
            return whole.reshape(-1, 1, whole.shape[2])
        if name == "one_hot":
            return OneHot(int(operands[0].item()))
        if name in LISTS:
            return LISTS[name](*operands)
        if name == "where":
            condition, a, b = np.broadcast_arrays(*operands)
            return np.where(condition == 1.0, a, b)
        if name == "detach":
            return operands[0]
        rule: Any = RULES[name]

        def number(*xs):
            y = rule.evaluate(*map(float, xs))
            return rule.differentiate(y, *map(float, xs))[0] if slope else y

        return np.vectorize(number, otypes=[float])(*operands)


def log_sum(z):
    return z.max(axis=0) + np.log(np.exp(z - z.max(axis=0)).sum(axis=0, keepdims=True))


LISTS = {  # of each column
    "logsumexp": log_sum,
    "log_softmax": lambda z: z - log_sum(z),
    "softmax": lambda z: np.exp(z - log_sum(z)),
    "mean": lambda z: z.mean(axis=0, keepdims=True),
    "cross_entropy": lambda z, t: log_sum(z) - z[int(t.item())][None],
}


class OneHot:
    """A column with 1 in one row, of as many rows as what is added to it."""

    __array_ufunc__ = None

    def __init__(self, row, sign=1.0):
        self.row, self.sign = row, sign

    def __mul__(self, sign):
        return OneHot(self.row, self.sign * sign)

    def like(self, other):
        column = np.zeros(other.shape)
        column[self.row] = self.sign
        return column


def matched(a, b):
    """Operands element by element: of one shape, or one is a number, or a column for each column."""
    a, b = (a.like(b) if isinstance(a, OneHot) else a), (b.like(a) if isinstance(b, OneHot) else b)
    one, other = sorted((a.shape[:2], b.shape[:2]))
    assert one == other or one == (1, 1) or one == (other[0], 1), (a.shape, b.shape)
    return a, b


def product(a, b):
    """With a number, or of matrices."""
    if (1, 1) in (a.shape[:2], b.shape[:2]):
        return a * b
    assert a.shape[1] == b.shape[0], (a.shape, b.shape)
    m = max(a.shape[2], b.shape[2])
    a, b = (np.broadcast_to(factor, (*factor.shape[:2], m)) for factor in (a, b))
    return np.einsum("fkm,kpm->fpm", a, b)
