"""The staff web: sign-in, sessions, layout. Its pages come from the capabilities, as sections."""
