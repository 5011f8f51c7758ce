import subprocess
import sys

import pytest

import shapes


def test_every_public_name_loads():
    for name in shapes.__all__:
        assert getattr(shapes, name) is not None
    assert dir(shapes) == sorted(shapes.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        shapes.nothing  # noqa: B018


def test_repairs_stays_a_function_when_everything_is_loaded():
    for name in shapes.__all__:
        getattr(shapes, name)
    assert callable(shapes.repairs) and callable(shapes.join) and callable(shapes.simplify)


def test_input_errors_are_value_errors():
    assert issubclass(shapes.InputError, ValueError)


def test_importing_the_package_loads_no_library():
    code = (
        "import sys, shapes; "
        "print([m for m in ('geopandas', 'shapely', 'pandas', 'rapidfuzz') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
