"""What an analyst writes: located YAML, the model of the tree, its checks, its JSON Schema."""

from .load import load, parse_index, read_index
from .model import Denominator, Dimension, Index, Indicator

__all__ = ["Denominator", "Dimension", "Index", "Indicator", "load", "parse_index", "read_index"]
