"""What a row of the table is: formulas, the code made from them, and rows of lists."""
