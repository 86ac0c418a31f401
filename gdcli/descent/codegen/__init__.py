"""Whole runs as generated straight-line Python: the methods' updates and the native engine's code in one loop."""
