"""Applying a row of the table: the functions, and operations that users define."""
