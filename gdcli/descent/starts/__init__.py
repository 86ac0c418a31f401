"""Many starts: where they are drawn, how they descend side by side, and what comes of them."""
