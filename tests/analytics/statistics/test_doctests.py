"""Every example in the statistics' documentation is run."""

import doctest
import importlib
import pkgutil

import pytest

from analytics import statistics

MODULES = [module.name for module in pkgutil.walk_packages(statistics.__path__, "analytics.statistics.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0
