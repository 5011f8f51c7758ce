"""Fixed colours and hatches of classes, and those of ordered numbers.

The five classes of a local statistic differ in lightness by at least a tenth of the scale, so that
they survive grey print, and stay apart under the two red-green deficiencies. They never shift when
a class is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spatial.errors import InputError

__all__ = ["CLUSTERS", "MISSING", "Look", "cluster_looks", "hexadecimal", "qualitative", "ramp"]


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
QUALITATIVE = (
    "#88ccee", "#cc6677", "#ddcc77", "#117733", "#332288",
    "#aa4499", "#44aa99", "#999933", "#882255", "#bbbbbb",
)  # fmt: skip
CLUSTERS: Mapping[str, tuple[str, str | None]] = {
    "HH": ("#9a0f26", None),
    "LL": ("#2878b8", None),
    "HL": ("#f08c4a", None),
    "LH": ("#a5d4ef", None),
    "not significant": ("#f3f3f3", None),
    "isolate": ("#e2e2e2", "xxxxxx"),
    "missing": MISSING,
}


def cluster_looks(names: Mapping[str, str], colours: Mapping[str, str] | None) -> list[Look]:
    """Give the seven classes in legend order; the user's colours replace those they name."""
    from matplotlib.colors import is_color_like

    own = dict(colours or {})
    unknown = [key for key in own if key not in CLUSTERS]
    if unknown:
        raise InputError(
            f"colours: {unknown[0]!r} is not a class; the classes are {', '.join(CLUSTERS)}."
        )
    wrong = [key for key, colour in own.items() if not is_color_like(colour)]
    if wrong:
        raise InputError(f"colours: {own[wrong[0]]!r} of {wrong[0]!r} is not a colour.")
    return [
        Look(key, names[key], str(own.get(key, face)), hatch)
        for key, (face, hatch) in CLUSTERS.items()
    ]


def ramp(name: str, count: int, *, low: float = 0.08, high: float = 0.95) -> list[str]:
    """Colours of `count` ordered classes from a matplotlib colour map."""
    import matplotlib as mpl
    from matplotlib.colors import to_hex

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


def qualitative(count: int) -> list[str]:
    """Colours of unordered classes that red-green blind readers tell apart (Tol, 2021).

    They repeat beyond ten.
    """
    return [QUALITATIVE[place % len(QUALITATIVE)] for place in range(count)]
