"""The tests mirror bot/ and handlers/; fakes/ holds the platform fakes, regressions/ one file a bug."""
