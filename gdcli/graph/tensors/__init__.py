"""Graphs whose nodes are whole tensors: never a node an element, so that no length makes a graph larger.

`lowering` makes them from the source graph of a text and the shapes of its variables, `sweep` differentiates them.
"""
