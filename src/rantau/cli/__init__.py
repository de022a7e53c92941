"""The command line: one verb per public step, calling the same functions."""
