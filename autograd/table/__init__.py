"""A row of the table: formulas, the code made from them, and rows of lists."""
