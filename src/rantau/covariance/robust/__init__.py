"""What stays right where answers are not normal: scores of rows, their spread, and the traces that tests need."""
