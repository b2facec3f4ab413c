"""The capabilities, one folder each; a folder holds all of a capability."""
