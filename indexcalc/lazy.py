"""Modules that are loaded when they are first looked into, so that checking a tree costs no numpy."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import Any


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
    package, _, own = name.rpartition(".")
    if package:
        setattr(sys.modules[package], own, module)  # as an import does: others look for it there
    spec.loader.exec_module(module)
    return module


@contextmanager
def put_off(*names: str) -> Iterator[None]:
    """Give what is imported meanwhile stand-ins for the functions of some modules, which load their module when called.

    For modules that another one imports at its start and hardly ever uses. Functions only: what stands in for a class is none.
    """
    stand_ins = {name: _StandIn(name) for name in names if name not in sys.modules}
    sys.modules |= stand_ins
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


class _StandIn(ModuleType):
    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("__"):
            raise AttributeError(function)
        return partial(_call, self.__name__, function)


def _call(module: str, function: str, *arguments: Any, **named: Any) -> Any:
    return getattr(importlib.import_module(module), function)(*arguments, **named)
