"""What the methods share: numpy, loaded at its first use so that checking a tree costs none, and the array type."""

import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias


def lazily(name: str) -> ModuleType:
    """Return a module that runs its own code at the first look into it."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]
    Mask: TypeAlias = NDArray[np.bool_]
else:
    np = lazily("numpy")
    Array: TypeAlias = Any
    Mask: TypeAlias = Any

__all__ = ["Array", "Mask", "lazily", "np"]
