"""What the methods share: numpy, loaded at its first use so that checking a tree costs none, and the array type."""

from typing import TYPE_CHECKING, Any, TypeAlias

from ..lazy import lazily

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]
    Mask: TypeAlias = NDArray[np.bool_]
else:
    np = lazily("numpy")
    Array: TypeAlias = Any
    Mask: TypeAlias = Any

__all__ = ["Array", "Mask", "np"]
