"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import analysis
import shapes
import spatial

SKIP = {"analysis.__main__"}
MODULES = sorted(
    module.name
    for package in (shapes, spatial, analysis)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if module.name not in SKIP
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    found = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    )
    assert found.failed == 0
