"""What an analyst writes: located YAML, the model of the tree, its checks, its JSON Schema."""

from .blocks.data import Denominator
from .blocks.nodes import Dimension, Indicator
from .load import load, parse_index, read_index
from .model import Index

__all__ = ["Denominator", "Dimension", "Index", "Indicator", "load", "parse_index", "read_index"]
