"""A step, a path, a node as text."""

from __future__ import annotations

from .graph import Step


def sentence(step: Step) -> str:
    """The chain rule of one step with its numbers."""
    return f"{step.upstream} × {step.local} = {step.contribution}   {step.before} → {step.after}"
