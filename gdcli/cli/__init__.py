"""The command line. It assembles the other parts and does no mathematics of its own."""
