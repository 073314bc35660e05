"""numpy, loaded at its first use so that checking a tree costs none, and the types of arrays."""

from typing import TYPE_CHECKING, Any, TypeAlias

from ..lazy import lazily

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]
    Mask: TypeAlias = NDArray[np.bool_]
    Status: TypeAlias = NDArray[np.uint8]
    Whole: TypeAlias = NDArray[np.int64]
else:
    np = lazily("numpy")
    Array = Mask = Status = Whole = Any

LARGEST = 1e150  # in size: the squares of what is larger are beyond what a number holds

__all__ = ["LARGEST", "Array", "Mask", "Status", "Whole", "np"]
