"""The overview: what comes in, what is late, which company, how long to an end, how satisfied; and public figures."""
