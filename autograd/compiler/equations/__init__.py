"""The matrix equations that a program computes, forward and in reverse, written from its own groups.

A name stands for rows, one column for each example; what is read once is written where it is read. What is
one for all examples, as ∂C/∂W, is the mean over the batch of what is written. Layers count from 1; the input
is layer 0. What cannot be written so that the line is true and readable is "…" with its shape.
"""

from .lines import Equation
from .page import Equations

__all__ = ["Equation", "Equations"]
