"""How good a coding is: against a gold standard, against another coder, and checked by hand on a sample."""
