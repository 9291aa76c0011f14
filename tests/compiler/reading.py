"""A reader of printed equations: it evaluates the text of each line on arrays, as a person would.

Arrays are (rows, examples), matrices (rows, columns) for parameters, (rows, columns, examples) for windows.
Nothing here knows how the text was made.
"""

from __future__ import annotations

import math
import re

import numpy as np

from autograd import RULES

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
WORDS = {"σ": "sigmoid", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}
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
            result = a * b if op == "⊙" else a / b  # pyright: ignore[reportOperatorIssue]
        return result if sign == 1.0 else -result

    def dots(self):
        result = self.power()
        while self.take("·"):
            result = product(result, self.power())
        return result

    def power(self):
        if self.take("−"):
            return -self.power()
        if self.take("Σ"):
            return flat(self.power()).sum(axis=0, keepdims=True)  # pyright: ignore[reportAttributeAccessIssue]
        result = self.atom()
        while True:
            if self.at < len(self.tokens) and self.tokens[self.at][0] == "power":
                result = np.asarray(result, float) ** self.tokens[self.at][1]
                self.at += 1
            elif self.take("ᵀ"):
                result = transposed(result)
            elif self.take("^"):
                a, b = matched(result, self.atom())
                result = a**b  # pyright: ignore[reportOperatorIssue]
            elif self.take("["):
                result = self.rows(result)
            else:
                return result

    def rows(self, whole):
        whole = flat(whole)
        columns = [[]]
        while not self.take("]"):
            kind, value = self.tokens[self.at]
            if (kind, value) == ("symbol", "|"):
                columns.append([])
                self.at += 1
            elif self.take(","):
                continue
            elif kind == "name":
                self.at += 1
                self.expect("]")
                return whole[self.indices[value]]
            else:
                columns[-1] += self.slice()
        picked = [whole[column] for column in columns]
        return picked[0] if len(picked) == 1 else np.stack(picked, axis=1)

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

    def atom(self):
        kind, value = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return np.float64(value)
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
            result = flat(self.sum())
            self.expect("‖")
            return np.sqrt((result**2).sum(axis=0, keepdims=True))  # pyright: ignore[reportOperatorIssue]
        assert value == "(", (value, self.tokens, self.at)
        parts = self.arguments(")")
        if len(parts) == 1:
            return parts[0]
        rows = [flat(part) if np.ndim(part) else np.full((1, 1), part) for part in parts]
        return np.concatenate([np.broadcast_to(part, (len(part), self.m)) for part in rows])

    def arguments(self, end):
        parts = [self.cases()]
        while self.take(","):
            parts.append(self.cases())
        self.expect(end)
        return parts

    def call(self, word, operands, slope):
        name = WORDS.get(word, word)
        if name in ("softmax", "log_softmax", "logsumexp", "cross_entropy"):
            operands = [flat(operand) for operand in operands]
        if name == "one_hot":
            self.hot = int(operands[0])
            return OneHot(int(operands[0]))
        if name == "softmax":
            e = np.exp(operands[0] - operands[0].max(axis=0))
            return e / e.sum(axis=0)
        if name == "log_softmax":
            return operands[0] - np.log(np.exp(operands[0]).sum(axis=0, keepdims=True))
        if name == "logsumexp":
            return np.log(np.exp(operands[0]).sum(axis=0, keepdims=True))
        if name == "cross_entropy":
            z, t = operands
            return np.log(np.exp(z).sum(axis=0, keepdims=True)) - z[int(t) : int(t) + 1]
        if name == "where":
            condition, a, b = np.broadcast_arrays(*operands)
            return np.where(condition == 1.0, a, b)
        if name == "detach":
            return operands[0]
        rule = RULES[name]  # pyright: ignore[reportArgumentType]

        def number(*xs):
            y = rule.evaluate(*map(float, xs))
            return rule.differentiate(y, *map(float, xs))[0] if slope else y

        return np.vectorize(number, otypes=[float])(*operands)


class OneHot:
    """1 in one row, 0 in the others, as many as what it is subtracted from has."""

    __array_ufunc__ = None

    def __init__(self, row):
        self.row = row

    def __rsub__(self, other):
        result = other.copy()
        result[self.row] -= 1.0
        return result


def matched(a, b):
    """A vector beside a matrix is one of its columns."""
    if isinstance(b, OneHot):
        return a, b
    if np.ndim(a) == 3 and np.ndim(b) == 2:
        b = b.reshape(*a.shape[:2], -1) if len(b) == a.shape[0] * a.shape[1] else b[:, None, :]
    elif np.ndim(b) == 3 and np.ndim(a) == 2:
        b, a = matched(b, a)
    return a, b


def flat(a):
    """The rows of a matrix in one line."""
    return a.reshape(-1, a.shape[-1]) if np.ndim(a) == 3 else a


class Turned:
    """The transposed columns of each example."""

    def __init__(self, array):
        self.array = array


def transposed(a):
    return a.T if isinstance(a, Matrix) else Turned(a)


class Matrix(np.ndarray):
    """Parameters as a matrix, the same for all examples."""


def product(a, b):
    if np.ndim(a) == 0 or (np.ndim(b) == 0 and not isinstance(b, Turned)):
        return a * b
    if isinstance(b, Turned):  # δ·xᵀ, for each example
        left = a if np.ndim(a) == 3 else a[:, None, :]
        right = b.array
        if np.ndim(right) == 3 and right.shape[1] != left.shape[1]:
            right = flat(right)
        right = right if np.ndim(right) == 3 else right[:, None, :]
        return np.einsum("fkm,pkm->fpm", left, np.broadcast_to(right, (*right.shape[:2], left.shape[2])))
    if isinstance(a, Turned):
        a = a.array.T
    if isinstance(a, Matrix):
        if np.ndim(b) == 3 and len(b) != a.shape[1]:
            b = flat(b)
        return np.tensordot(np.asarray(a), np.asarray(b), (1, 0))
    a, b = matched(a, b)  # a formula of the table, on numbers of each example
    assert len(a) == len(b) or 1 in (len(a), len(b)), "neither a matrix nor a number"
    return a * b
