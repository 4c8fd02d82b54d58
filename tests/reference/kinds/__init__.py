"""How each kind of case is computed: every module here declares KINDS, kind to function."""

import importlib
import pkgutil

from tests.reference.pack import Kind


def collect() -> dict[str, Kind]:
    """The kinds of every module in this package; a kind declared twice is refused."""
    kinds: dict[str, Kind] = {}
    for module in pkgutil.iter_modules(__path__):
        for name, kind in importlib.import_module(f"{__name__}.{module.name}").KINDS.items():
            if name in kinds:
                raise ValueError(f"kind {name} is declared twice")
            kinds[name] = kind
    return kinds
