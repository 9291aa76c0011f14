"""Runs in a peer's environment (see `environments`): check_engine on its scalar engine, the report as JSON.

python peers.py MODULE:CLASS [FUNCTIONS]
"""

from __future__ import annotations

import importlib
import json
import sys


def engine(path: str, functions: str = "") -> dict:
    import autograd

    module, _, name = path.partition(":")
    cls = getattr(importlib.import_module(module), name)
    return autograd.check_engine(cls, FUNCTIONS[functions](cls) if functions else None).as_json()


def kaitorch(cls) -> dict:
    """Its activations are classes, and softmax takes a list."""
    import kaitorch.activations as a

    names = ("sigmoid", "tanh", "ReLU", "LeakyReLU", "ELU", "swish")
    return {name: getattr(a, name)() for name in names} | {"softmax": a.softmax}


def omnigrad(cls) -> dict:
    """Γ(x) by a sum over as many terms as its digamma uses: the default takes ten times as long."""
    return {"gamma": lambda x: x.gamma_actual(n_a=100_000)}


FUNCTIONS = {"kaitorch": kaitorch, "omnigrad": omnigrad}


if __name__ == "__main__":
    print(json.dumps(engine(*sys.argv[1:])))
