"""What an analyst writes: located YAML, the model of the tree, its checks, its JSON Schema."""

from .blocks.data import Denominator
from .blocks.nodes import Dimension, Indicator
from .load import load, parse_index, read_index, read_part
from .model import Index
from .partial import Part

__all__ = ["Denominator", "Dimension", "Index", "Indicator", "Part", "load", "parse_index", "read_index", "read_part"]
