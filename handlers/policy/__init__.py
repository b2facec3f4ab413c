"""Policy questions and their answers: the content, how it is found, what is decided."""
