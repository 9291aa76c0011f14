"""The node of a graph and what surrounds it: modes, numbers, errors, copies, generated code."""
