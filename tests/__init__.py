"""The tests of the project. A package, so that the fakes can run as processes (`python -m tests.fakes.telegram`)."""
