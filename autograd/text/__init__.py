"""Nodes and formulas as text: mathematics, names, paths, explanations, and parsing expressions."""
