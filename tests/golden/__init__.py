"""Golden files, and the one way to write them again."""
