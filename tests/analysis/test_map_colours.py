"""Colours of classes hold for colour-blind readers and in grey print: measured, set by set."""

import pytest
from support.colours import EYES, lab, nearest, nearest_in_grey

from analysis.maps.colours import CHANGES, CLUSTERS, LEVELS, PALETTE, SPOTS

APART, APART_IN_GREY = 15.0, 10.0


def solid(table):
    """Faces of the classes without a hatch; hatched ones are told by their lines."""
    return [face for face, hatch in table.values() if hatch is None]


SETS = {
    "clusters": solid(CLUSTERS),
    "spots": solid(SPOTS),
    "changes": solid(CHANGES),
    "levels": [*LEVELS.values(), CLUSTERS["not significant"][0]],
    "first seven of any": [*PALETTE[:7], "#ffffff"],
}


def test_the_measure_itself():
    assert lab("white") == pytest.approx([100, 0, 0], abs=0.05)
    assert lab("#ff0000") == pytest.approx([53.24, 80.09, 67.20], abs=0.1)
    red, green = "#c03028", "#6a7a1c"
    usual, blind = (nearest([red, green], eyes)[0] for eyes in ("usual", "deuteranopia"))
    assert blind < usual / 2


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("eyes", EYES)
def test_every_two_classes_are_apart_to_these_eyes(name, eyes):
    distance, one, other = nearest(SETS[name], eyes)
    assert distance >= APART, f"{one} and {other} under {eyes}: {distance:.1f}"


@pytest.mark.parametrize("name", SETS)
def test_every_two_classes_are_apart_in_grey_print(name):
    distance, one, other = nearest_in_grey(SETS[name])
    assert distance >= APART_IN_GREY, f"{one} and {other}: {distance:.1f}"


@pytest.mark.parametrize("eyes", EYES)
def test_all_twelve_colours_of_categories_are_apart_in_colour(eyes):
    distance, one, other = nearest([*PALETTE, "#ffffff"], eyes)
    assert distance >= APART, f"{one} and {other} under {eyes}: {distance:.1f}"


def test_hatched_classes_have_patterns_of_their_own():
    for table in (CLUSTERS, SPOTS, CHANGES):
        hatches = [hatch[0] for _, hatch in table.values() if hatch]
        assert len(hatches) == len(set(hatches)) == 2
        assert {key for key, (_, hatch) in table.items() if hatch} == {"isolate", "missing"}
