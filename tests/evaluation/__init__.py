"""How well questions are answered: `make evaluate`, or `python -m tests.evaluation --help`."""
