"""Graphs that the stepper's tests share."""

from __future__ import annotations

import random

from test_graph import GROW, diamond

from autograd import Value

HOSTILE = "</script><img src=x onerror=alert(1)>&\"'\\\n\u2028\u202e\ud800" + "x" * 50


def fan() -> Value:
    """L = b·c, c = a + b, b = a·a at a = 3, all labelled."""
    _, b, c, loss = diamond()
    b.label, c.label, loss.label = "b", "c", "L"
    return loss


def random_graph(seed: int) -> Value:
    """A small graph with shared nodes and unlabelled ones."""
    chance = random.Random(seed)
    nodes = [Value(chance.uniform(-2, 2)) for _ in range(3)]
    for _ in range(chance.randint(2, 9)):
        grow = GROW[chance.choice(sorted(GROW))]
        nodes.append(grow(chance.choice(nodes), chance.choice(nodes[-4:])))
    return nodes[-1]
