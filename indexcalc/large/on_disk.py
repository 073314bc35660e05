"""Arrays that are kept in files while scores are made of more data than memory holds.

An array lies in a nameless file, the units of one column side by side; what is asked for is read, what is set is written.
So memory holds what is worked on at the moment and nothing else, and a kill leaves no file behind.
"""

from __future__ import annotations

import operator
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Scratch:
    """Makes arrays in files of one folder, which should not lie in memory itself."""

    folder: Path

    def __call__(self, periods: int, units: int, columns: int, dtype: Any = float) -> Any:
        """Make an array (period, unit, column) of zeros, which takes no room before something else is set."""
        import numpy as np

        file = tempfile.TemporaryFile(buffering=0, dir=self.folder)  # noqa: SIM115 - it lives as long as the array
        made = OnDisk((periods, units, columns), np.dtype(dtype), file)
        file.truncate(made.nbytes)
        return made


@dataclass(frozen=True, eq=False)
class OnDisk:
    """An array (period, unit, column) in a file, indexed as numpy does it.

    Periods and units are one or a run of them, columns also any list; what comes back is an array in memory, so that
    changing it changes nothing in the file.
    """

    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    file: IO[bytes]
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        weakref.finalize(self, self.file.close)

    @property
    def ndim(self) -> int:
        return 3

    @property
    def nbytes(self) -> int:
        periods, units, columns = self.shape
        return periods * units * columns * self.dtype.itemsize

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        del copy
        whole: NDArray[Any] = self[:, :, :]
        return whole if dtype is None else whole.astype(dtype)

    def __getitem__(self, key: Any) -> Any:
        import numpy as np

        (periods, units, columns), one = self._asked(key)
        out = np.empty((len(columns), len(periods), len(units)), dtype=self.dtype)
        for part, start in self._runs(out, periods, units, columns):
            self._read(part, start)
        return out.transpose(1, 2, 0)[one]

    def __setitem__(self, key: Any, value: Any) -> None:
        import numpy as np

        (periods, units, columns), one = self._asked(key)
        given = np.empty((len(columns), len(periods), len(units)), dtype=self.dtype)
        given.transpose(1, 2, 0)[one] = value
        for part, start in self._runs(given, periods, units, columns):
            self._write(part, start)

    def _asked(self, key: Any) -> tuple[tuple[Any, range, Any], tuple[Any, ...]]:
        """Return the periods, units and columns that a key means, and what takes away the axes of which it names one place."""
        parts = list(key) if isinstance(key, tuple) else [key]
        rest = [slice(None)] * (3 - sum(part is not Ellipsis for part in parts))
        at = next((i for i, part in enumerate(parts) if part is Ellipsis), len(parts))
        parts[at : at + 1] = rest
        places: list[Any] = []
        one: list[Any] = []
        for part, length in zip(parts, self.shape, strict=True):
            several = isinstance(part, slice) or hasattr(part, "__len__")
            one.append(slice(None) if several else 0)
            if isinstance(part, slice):
                places.append(range(length)[part])
            else:
                places.append([range(length)[operator.index(each)] for each in (part if several else [part])])
        periods, units, columns = places
        run = range(units[0], units[0] + len(units)) if len(units) else range(0)
        if run != units and list(run) != units:
            raise IndexError("units are one or a run of them")
        return (periods, run, columns), tuple(one)

    def _runs(self, x: Any, periods: Any, units: range, columns: Any) -> Any:
        """Yield the parts of an array (column, period, unit) that lie side by side in the file, each with where it starts."""
        held, length, _ = self.shape
        size = self.dtype.itemsize
        whole = len(units) == length and list(periods) == list(range(held))
        for i, column in enumerate(columns):
            if whole:
                yield x[i], column * held * length * size
                continue
            for j, period in enumerate(periods):
                yield x[i, j], ((column * held + period) * length + units.start) * size

    def _read(self, out: Any, start: int) -> None:
        left = memoryview(out).cast("B") if out.size else memoryview(b"")
        with self.lock:
            self.file.seek(start)
            while left:
                if not (done := self.file.readinto(left)):  # type: ignore[attr-defined]
                    raise OSError("a file of scratch data ends too early")
                left = left[done:]

    def _write(self, x: Any, start: int) -> None:
        left = memoryview(x).cast("B") if x.size else memoryview(b"")
        with self.lock:
            self.file.seek(start)
            while left:
                left = left[self.file.write(left) :]
