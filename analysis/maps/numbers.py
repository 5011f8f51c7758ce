"""Maps of numbers in classes: any values, and the spillovers that units send and receive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.maps.classes import Classes
from analysis.maps.colours import CLUSTERS, Look
from analysis.maps.compose import Panel, compose
from analysis.maps.grading import grade, grade_signed
from analysis.maps.layer import Layer, prepare, rows_of
from analysis.maps.options import Options, read_options
from analysis.maps.years import by_time
from analysis.terms import term
from spatial.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

__all__ = ["EffectPart", "choropleth", "effect_part", "number_codes", "numeric"]
__all__ += ["require_effects", "spillover", "weights_note", "with_isolates"]

Floats = npt.NDArray[np.float64]
PARTS = ("own", "received", "sent")


def choropleth(
    cities: gpd.GeoDataFrame,
    values: pd.Series,
    *,
    scheme: str = "quantiles",
    k: int = 5,
    breaks: Sequence[float] | None = None,
    cmap: str | Sequence[str] | None = None,
    times: Sequence[object] | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map numbers in classes.

    Parameters
    ----------
    cities
        Boundary layer, indexed like the values.
    values
        Indexed by unit, or by (time, unit) for small multiples with common classes. Its name
        heads the legend. Units without a value are drawn as "no data".
    scheme, k
        quantiles, equal_interval, std_mean, fisher_jenks, natural_breaks, max_breaks,
        head_tail_breaks, box_plot, percentiles or pretty_breaks, with k classes where that applies.
    breaks
        Inner breaks, instead of a scheme; an edge belongs to the class below it.
    cmap
        matplotlib colour map (default "YlGnBu"), or a list with a colour for each class.
    times
        Which times to draw.
    **options
        As in `lisa`.

    Examples
    --------
    >>> maps.choropleth(cities, panel.at(2020)["gdp"], k=6, lang="zh")  # doctest: +SKIP
    """
    sheet = read_options(options)
    if not isinstance(values, pd.Series):
        raise InputError(
            f"values are a {type(values).__name__}, not a Series indexed by unit; "
            "bare numbers cannot be matched to units."
        )
    parts = by_time(numeric(values), times)
    pooled = np.concatenate([part.to_numpy() for _, part in parts])
    graded = grade(pooled, lang=sheet.lang, scheme=scheme, k=k, breaks=breaks, cmap=cmap)
    classes = graded.classes
    layer = prepare(cities, sheet)
    panels = [Panel(head, number_codes(part, classes, layer)) for head, part in parts]
    heading = None if values.name is None else str(values.name)
    notes = [classes.note(sheet.lang)]
    return compose(layer, graded.looks, panels, sheet=sheet, notes=notes, heading=heading)


def spillover(
    cities: gpd.GeoDataFrame,
    effects: pd.DataFrame,
    *,
    which: str | Sequence[str] = ("sent", "received"),
    scheme: str = "quantiles",
    k: int = 5,
    breaks: Sequence[float] | None = None,
    cmap: str | Sequence[str] | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map what each unit sends to and receives from all others, on common classes.

    Parameters
    ----------
    cities
        Boundary layer, indexed like the effects.
    effects
        From `fit.effects_by_unit(term)`: columns own, received, sent, indexed by unit.
    which
        "sent", "received" or "own", or several of them, a panel each. Units that neither send nor
        receive have no neighbour; they are hatched and counted as such.
    scheme, k, breaks
        As in `choropleth`. Where effects of both signs occur and no breaks are given, zero is a
        break and colours diverge from it.
    cmap
        Colour map or list of colours; default "YlGnBu", or "RdBu_r" for both signs.
    **options
        As in `lisa`.

    Examples
    --------
    >>> maps.spillover(cities, fit.effects_by_unit("agglomeration"))  # doctest: +SKIP
    """
    sheet = read_options(options)
    wanted = (which,) if isinstance(which, str) else tuple(which)
    require_effects(effects, wanted)
    parts = [effect_part(effects, name) for name in wanted]
    pooled = np.concatenate([part.values.to_numpy() for part in parts])
    graded = grade_signed(pooled, lang=sheet.lang, scheme=scheme, k=k, breaks=breaks, cmap=cmap)
    layer, single = prepare(cities, sheet), len(parts) == 1
    heads = ["" if single else term(f"map.{name}", sheet.lang) for name in wanted]
    panels = [
        Panel(head, part.codes_with_isolates(graded.classes, layer))
        for head, part in zip(heads, parts, strict=True)
    ]
    looks = with_isolates(graded.looks, sheet.lang)
    heading = term(f"map.{wanted[0]}", sheet.lang) if single else None
    said = [term(f"map.{name}_long", sheet.lang) for name in wanted]
    notes = [*said, graded.classes.note(sheet.lang), *weights_note(effects.attrs, sheet.lang)]
    return compose(layer, looks, panels, sheet=sheet, notes=notes, heading=heading)


@dataclass(frozen=True)
class EffectPart:
    """Effects of units, missing for isolates, and which units these are."""

    values: pd.Series
    isolates: pd.Index

    def codes(self, classes: Classes, layer: Layer) -> npt.NDArray[np.intp]:
        """Class number of each unit: those of the numbers, then "no data"."""
        return number_codes(self.values, classes, layer)

    def codes_with_isolates(self, classes: Classes, layer: Layer) -> npt.NDArray[np.intp]:
        """The same with "no neighbour" between numbers and "no data"."""
        codes, count = self.codes(classes, layer), len(classes.upper)
        codes[codes == count] = count + 1
        codes[rows_of(self.isolates, layer, "the effects")] = count
        return codes


def effect_part(effects: pd.DataFrame, name: str) -> EffectPart:
    """Sent, received or own effects; who neither sends nor receives where others do is isolated."""
    values = numeric(effects[name])
    alone = np.zeros(len(values), dtype=bool)
    if name != "own" and {"sent", "received"} <= set(effects.columns):
        still = ((effects["sent"] == 0) & (effects["received"] == 0)).to_numpy()
        alone = still & (not still.all())
    return EffectPart(values.mask(alone), values.index[alone])


def with_isolates(looks: Sequence[Look], lang: str) -> list[Look]:
    """Classes of numbers with units that have no neighbour before those without data."""
    isolate = Look("isolate", term("map.isolate", lang), *CLUSTERS["isolate"])
    return [*looks[:-1], isolate, looks[-1]]


def weights_note(attrs: Mapping[Any, Any], lang: str) -> list[str]:
    """Weights of a fit, as far as a table states them."""
    weights = attrs.get(f"weights_{lang}") or attrs.get("weights")
    return [term("note.weights", lang, weights=weights)] if weights else []


def require_effects(effects: object, wanted: tuple[str, ...]) -> None:
    """Refuse tables that are not effects by unit and parts that do not exist."""
    unknown = [name for name in wanted if name not in PARTS]
    if unknown or not wanted:
        raise InputError(f"which={list(wanted)!r} is not known; there are {', '.join(PARTS)}.")
    lacking = [] if isinstance(effects, pd.DataFrame) else list(wanted)
    if isinstance(effects, pd.DataFrame):
        lacking = [name for name in wanted if name not in effects.columns]
    if lacking:
        raise InputError(
            f"the effects have no column {lacking[0]!r}; give what fit.effects_by_unit(term) "
            "returns."
        )


def numeric(values: pd.Series) -> pd.Series:
    """Values as floats with missing ones as NaN; text is refused with its units."""
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    text = numbers.isna() & values.notna()
    if text.any():
        where = values[text]
        raise InputError(
            f"{values.name or 'values'}: {where.iloc[0]!r} of {where.index[0]} is not a number."
        )
    return numbers


def number_codes(values: pd.Series, classes: Classes, layer: Layer) -> npt.NDArray[np.intp]:
    """Class number of each unit of the layer; units without a value get the last, "no data"."""
    what = "the result" if values.name is None else f"{values.name}"
    codes = np.full(len(layer.labels), len(classes.upper), dtype=np.intp)
    codes[rows_of(values.index, layer, what)] = classes.codes(values.to_numpy())
    return codes
