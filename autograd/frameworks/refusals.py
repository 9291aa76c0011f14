"""Refusals: what cannot be imported, said by name before anything is built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import Any

LIMIT = 500_000  # results, and factors of their products: seconds to build, and some hundred MB

NAMES = {"torch": "PyTorch", "jax": "JAX", "numpy": "NumPy"}


def needed(module: str, extra: str) -> Any:
    """An optional package; raises ImportError with the command that installs it."""
    try:
        return import_module(module)
    except ImportError:
        raise ImportError(
            f'from_{extra} needs {NAMES[module.split(".")[0]]}: pip install "stepgrad[{extra}]"'
        ) from None


def refuse_uncovered(framework: str, uncovered: Iterable[str], covered: Iterable[str]) -> None:
    """Raise NotImplementedError if there are operations that no row covers."""
    counts = Counter(uncovered)
    if counts:
        listed = ", ".join(f"{name} ({n}×)" if n > 1 else name for name, n in sorted(counts.items()))
        raise NotImplementedError(
            f"from_{framework} does not cover {listed}. Nothing was built. Write this part with operations "
            f"that are covered, or import only what comes after it. Covered are "
            f"{', '.join(sorted(set(covered)))}"
        )


def refuse_large(framework: str, scalars: int, largest: tuple[str, int], examples: int) -> None:
    """Raise ValueError if a graph would have too many scalars.

    `largest` is the operation with the most scalars; `examples` is how many there are in the batch, or 1.
    """
    if scalars <= LIMIT:
        return
    fits = examples * LIMIT // scalars
    if fits and examples > 1:
        advice = f"A batch of {fits} instead of {examples} would fit"
    else:
        advice = (
            f"Narrower layers or shorter inputs, about {scalars / LIMIT:.1f} times less in all, would fit"
        )
    raise ValueError(
        f"from_{framework}: {scalars:,} scalars are more than {LIMIT:,}, and nothing was built. "
        f"{advice}. The most are in {largest[0]} ({largest[1]:,})"
    )
