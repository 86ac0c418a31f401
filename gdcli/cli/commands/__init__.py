"""The commands: in each module the options of one, and the function that does it.

What a command works with is imported when it works: its help needs none of that.
"""
