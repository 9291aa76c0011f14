"""Pictures of graphs."""

from __future__ import annotations

from autograd.value import Value


def mimebundle(value: Value) -> dict[str, str]:
    """What a notebook shows for a Value."""
    return {"text/plain": repr(value)}
