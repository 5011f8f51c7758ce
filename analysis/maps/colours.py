"""Fixed colours and hatches of classes, and those of ordered numbers.

Colours of one set of classes are measured: every two that bear no hatch are at least 15 apart in
CIELAB, to eyes of usual colour vision and under protanopia, deuteranopia and tritanopia, and differ
by at least 10 of 100 in lightness, so that they survive grey print. They never shift when a class
is empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spatial.errors import InputError

__all__ = ["CHANGES", "CLUSTERS", "LEVELS", "MISSING", "PALETTE", "SPOTS", "ClassColours", "Look"]
__all__ += ["class_looks", "cluster_looks", "hexadecimal", "ramp"]

ClassColours = Mapping[str, tuple[str, str | None]]


@dataclass(frozen=True)
class Look:
    """How a class is drawn and called; `key` stays in the file as the id of its patches.

    With `stroke`, a width in points, the class is one of lines, `face` their colour and `dashes`
    their pattern; with a `marker` besides, one of marks of that size at the lines' first ends. One
    that is not `listed` has no row in the legend.
    """

    key: str
    text: str
    face: str
    hatch: str | None = None
    stroke: float | None = None
    dashes: tuple[float, ...] = ()
    marker: str | None = None
    listed: bool = True


MISSING = ("#ffffff", "//////")
ISOLATE = ("#e2e2e2", "xxxxxx")
FAINT = ("#f3f3f3", None)
CLUSTERS: ClassColours = {
    "HH": ("#9a0f26", None),
    "LL": ("#2878b8", None),
    "HL": ("#f08c4a", None),
    "LH": ("#a5d4ef", None),
    "not significant": FAINT,
    "isolate": ISOLATE,
    "missing": MISSING,
}
SPOTS: ClassColours = {
    "hot spot": CLUSTERS["HH"],
    "cold spot": CLUSTERS["LL"],
    "not significant": FAINT,
    "isolate": ISOLATE,
    "missing": MISSING,
}
CHANGES: ClassColours = {
    "stayed HH": ("#8c0d22", None),
    "became HH": ("#dd5233", None),
    "left HH": ("#e6b06a", None),
    "stayed LL": ("#0b2954", None),
    "became LL": ("#62a3de", None),
    "left LL": ("#b9daf2", None),
    "outlier": ("#72539a", None),
    "not significant": FAINT,
    "isolate": ISOLATE,
    "missing": MISSING,
}
LEVELS = {0.001: "#0b4f3b", 0.01: "#2f9a6e", 0.05: "#a6dcb9"}  # of significance
# of any categories; the first seven also in grey print
PALETTE: tuple[str, ...] = (
    *("#2440a7", "#d1b249", "#c55a7b", "#badca2", "#630649", "#539fdb", "#706318"),
    *("#3f894b", "#84e4fc", "#273607", "#7f3e82", "#b1b0b0"),
)


def class_looks(
    table: ClassColours, names: Mapping[str, str], colours: Mapping[str, str] | None
) -> list[Look]:
    """Give fixed classes in legend order; the user's colours replace those they name."""
    from matplotlib.colors import is_color_like

    own = dict(colours or {})
    unknown = [key for key in own if key not in table]
    if unknown:
        raise InputError(
            f"colours: {unknown[0]!r} is not a class; the classes are {', '.join(table)}."
        )
    wrong = [key for key, colour in own.items() if not is_color_like(colour)]
    if wrong:
        raise InputError(f"colours: {own[wrong[0]]!r} of {wrong[0]!r} is not a colour.")
    return [
        Look(key, names[key], str(own.get(key, face)), hatch)
        for key, (face, hatch) in table.items()
    ]


def cluster_looks(names: Mapping[str, str], colours: Mapping[str, str] | None) -> list[Look]:
    """Give the seven classes of local Moran."""
    return class_looks(CLUSTERS, names, colours)


def ramp(
    name: str | Sequence[str], count: int, *, low: float = 0.08, high: float = 0.95
) -> list[str]:
    """Colours of `count` ordered classes from a matplotlib colour map, or those given."""
    import matplotlib as mpl
    from matplotlib.colors import is_color_like, to_hex

    if not isinstance(name, str):
        wrong = [colour for colour in name if not is_color_like(colour)]
        if wrong:
            raise InputError(f"cmap: {wrong[0]!r} is not a colour.")
        if len(name) != count:
            raise InputError(f"cmap has {len(name)} colours for {count} classes; give one each.")
        return [to_hex(colour) for colour in name]
    if name not in mpl.colormaps:
        raise InputError(f"cmap={name!r} is not a matplotlib colour map; try 'YlGnBu' or 'PuOr'.")
    steps = [0.5] if count == 1 else [low + (high - low) * i / (count - 1) for i in range(count)]
    return [to_hex(mpl.colormaps[name](step)) for step in steps]


def hexadecimal(colour: str) -> str:
    """Any colour that matplotlib knows, as #rrggbb.

    Examples
    --------
    >>> hexadecimal("black")
    '#000000'
    """
    from matplotlib.colors import to_hex

    return to_hex(colour)
