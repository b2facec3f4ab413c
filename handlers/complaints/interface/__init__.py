"""Cases for other systems: JSON over HTTP, read only, with a key of scope `cases`."""
