"""Every public function says what goes in, what comes out, when it refuses and on whose word."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator

import pytest

from analytics import statistics

TOOLS = ("design", "errors", "samples", "suite", "summaries")
"""What prepares a computation rests on no paper."""

MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(statistics.__path__, "analytics.statistics.")
]


def _functions() -> Iterator[Callable[..., object]]:
    for module in MODULES:
        for name, found in inspect.getmembers(module, inspect.isfunction):
            if found.__module__ == module.__name__ and not name.startswith("_"):
                yield found


def _offered() -> set[Callable[..., object]]:
    """What a topic offers: the names that its package exports, or the functions of its one module."""
    offered = {
        getattr(module, name)
        for module in MODULES
        if hasattr(module, "__path__")
        for name in getattr(module, "__all__", ())
    }
    return offered | {f for f in _functions() if f.__module__.count(".") == 2}


FUNCTIONS = list(_functions())
OFFERED = _offered()


def _sections(function: Callable[..., object]) -> set[str]:
    """The sections that a function's documentation owes its readers."""
    signature = inspect.signature(function)
    owed = set()
    if signature.parameters:
        owed.add("Parameters")
    if signature.return_annotation is not None:
        owed.add("Returns")
    if any(isinstance(node, ast.Raise) for node in ast.walk(ast.parse(inspect.getsource(function)))):
        owed.add("Raises")
    if function in OFFERED:
        owed.add("Examples")
        if function.__module__.split(".")[2] not in TOOLS:
            owed.add("References")
    return owed


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__[21:]}.{f.__name__}")
def test_every_public_function_is_documented(function: Callable[..., object]) -> None:
    text = inspect.getdoc(function) or ""
    lines = text.splitlines()
    assert {section for section in _sections(function) if section not in lines} == set()
    assert [name for name in inspect.signature(function).parameters if name not in text] == []
    arrays = [line for line in lines if " : array_like" in line or " : ndarray" in line]
    assert [line for line in arrays if "shape" not in line] == []
