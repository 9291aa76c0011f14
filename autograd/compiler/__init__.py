"""Trace once, run as matrices: a function of one example becomes a program for whole batches."""

from .program import Program, compile

__all__ = ["Program", "compile"]
