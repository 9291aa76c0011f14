"""Differentiating functions: containers of numbers, calls on fresh nodes, linearization."""
