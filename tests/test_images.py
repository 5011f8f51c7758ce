"""The comparison of pictures itself: it passes what is alike and leaves what differs to be seen."""

import pytest
from support import images
from support.drawing import clusters, lattice_layer

from analysis import maps


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """A figure of thirty low-low units, stored as a baseline."""
    cities = lattice_layer()
    monkeypatch.setattr(images, "BASELINES", tmp_path / "baselines")
    monkeypatch.setenv(images.REWRITE, "1")
    figure = maps.lisa(cities, clusters(cities.index, ["LL"] * 30), width_mm=80)
    images.compare(figure, "low", tmp_path)
    monkeypatch.delenv(images.REWRITE)
    return cities, figure


def test_the_same_picture_passes_and_leaves_nothing(stored, tmp_path):
    images.compare(stored[1], "low", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["baselines"]


def test_one_unit_of_another_class_fails_and_both_pictures_are_left(stored, tmp_path):
    cities, _ = stored
    other = maps.lisa(cities, clusters(cities.index, ["LL"] * 29 + ["HH"]), width_mm=80)
    with pytest.raises(AssertionError, match="worst cell"):
        images.compare(other, "low", tmp_path)
    assert {"low.png", "low-difference.png"} < {path.name for path in tmp_path.iterdir()}


def test_a_picture_without_a_baseline_or_of_another_size_fails(stored, tmp_path):
    cities, figure = stored
    with pytest.raises(AssertionError, match="no baseline"):
        images.compare(figure, "unknown", tmp_path)
    wider = maps.lisa(cities, clusters(cities.index, ["LL"] * 30), width_mm=84)
    with pytest.raises(AssertionError, match="instead of"):
        images.compare(wider, "low", tmp_path)
