"""Graphs that hypothesis draws: which operation comes next, and on which nodes."""

from __future__ import annotations

from hypothesis import strategies as st


def drawn(operations, size):
    """Up to `size` draws of an operation by number and of two places."""
    places = st.integers(0, 50)
    return st.lists(st.tuples(st.integers(0, operations - 1), places, places), min_size=1, max_size=size)


def grow(nodes, graph, operations):
    """Add a node for each draw; `operations(nodes, a, b, j)` lists what can be made of a and b."""
    for op, i, j in graph:
        a, b = nodes[i % len(nodes)], nodes[j % len(nodes)]
        nodes.append(operations(nodes, a, b, j)[op]())
    return nodes
