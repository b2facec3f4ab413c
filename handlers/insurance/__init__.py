"""Insurance guidance: the rules as data, the calculators, who can join what, and the batch interface."""
