"""The heart: pure reasoning from layers to a ranking, without files or network."""
