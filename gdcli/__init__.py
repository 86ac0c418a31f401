"""gdcli: differentiate a mathematical expression by backpropagation and walk downhill."""

__version__ = "0.1.0"
