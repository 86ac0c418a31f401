"""Runs with constraints: the augmented Lagrangian method, and whether its end is a minimum."""
