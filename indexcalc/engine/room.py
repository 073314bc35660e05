"""Memory that is used again, and matrix products that keep to their thread: what many draws need to be quick."""

from __future__ import annotations

import math

from ..methods.arrays import Array, np

_DOWN = 44  # rows multiplied together, where there are columns enough
_APART = 8  # numbers between rows that are read by columns
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

    def rows(self, rows: int, columns: int) -> Array:
        """Return an array (row, column) that is read by columns as well: rows a power of two apart would share few places of
        the cache.
        """
        return self(rows, columns + _APART)[:, :columns]


def product(a: Array, b: Array, out: Array) -> Array:
    """Multiply two matrices in parts so small that the library does each in the thread that asks for it.

    Several threads that each wait for the library's own would mostly wait, and what comes out should not depend on them.
    """
    rows, columns = out.shape
    if a.size * columns <= _PRODUCT:
        return np.matmul(a, b, out=out)
    across = min(columns, max(8, _PRODUCT // max(1, _DOWN * a.shape[1])))
    down = min(rows, max(8, _PRODUCT // max(1, across * a.shape[1])))
    for top, height in _cut(rows, down):
        for left, width in _cut(columns, across):
            # all parts of one size in one call, which lets other threads go on
            here = out[top.start : top.stop, left.start : left.stop].reshape(-1, height, len(left) // width, width)
            each = b[:, left.start : left.stop].reshape(len(b), -1, width).swapaxes(0, 1)
            np.matmul(a[top.start : top.stop].reshape(-1, 1, height, a.shape[1]), each, out=here.swapaxes(1, 2))
    return out


def products(a: Array, b: Array, out: Array) -> Array:
    """Multiply many small matrices (number, row, part) by as many others (number, part, column), each as `product` does."""
    number, rows, parts = a.shape
    columns = out.shape[-1]
    for left, width in _cut(columns, min(columns, max(8, _PRODUCT // max(1, rows * parts)))):
        here = out[..., left.start : left.stop].reshape(number, rows, len(left) // width, width)
        each = b[..., left.start : left.stop].reshape(number, parts, len(left) // width, width)
        np.matmul(a[:, None], each.swapaxes(1, 2), out=here.swapaxes(1, 2))
    return out


def _cut(length: int, size: int) -> list[tuple[range, int]]:
    """Cut a length into parts of one size, and one of what is left over."""
    whole = length // size * size
    return [(part, min(size, len(part))) for part in (range(whole), range(whole, length)) if len(part)]
