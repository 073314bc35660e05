"""Memory that is used again, and matrix products that keep to their thread: what many draws need to be quick."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..methods.arrays import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_PRODUCT = (1 << 19) - 1  # multiplications of a matrix product that OpenBLAS does not share among threads


class Room:
    """Memory that is used again and again: asking the system for it anew takes longer than the arithmetic done in it.

    Arrays are taken from it in a row and given back together, down to a mark.
    """

    def __init__(self, cells: int) -> None:
        self.cells = np.empty(cells)
        self.used = 0

    def __call__(self, *shape: int) -> Array:
        """Return an array of some shape with anything in it."""
        size = math.prod(shape)
        if self.used + size > len(self.cells):
            return np.empty(shape)
        self.used += size
        return self.cells[self.used - size : self.used].reshape(shape)


def product(a: Array, b: Array, out: Array) -> Array:
    """Multiply two matrices in parts so small that the library does each in the thread that asks for it.

    Several threads that each wait for the library's own would mostly wait, and what comes out should not depend on them.
    """
    across = max(8, _PRODUCT // max(1, 64 * a.shape[1]))
    if a.size * b.shape[1] <= _PRODUCT:
        return np.matmul(a, b, out=out)
    down = max(8, _PRODUCT // max(1, across * a.shape[1]))
    for row in range(0, len(a), down):
        for at in range(0, b.shape[1], across):
            np.matmul(a[row : row + down], b[:, at : at + across], out=out[row : row + down, at : at + across])
    return out
