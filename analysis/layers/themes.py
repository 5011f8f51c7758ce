"""From results to layers: one for each theme, name and time, in the colours of the printed maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.convention import convention
from analysis.layers.columns import describe_columns
from analysis.layers.layer import Column, Layer, field_names
from analysis.layers.styles import Style, by_class, by_number
from analysis.maps.categories import sort_categories
from analysis.maps.classed import fixed_looks
from analysis.maps.colours import CHANGES, CLUSTERS, PALETTE, SPOTS, ClassColours, Look, hexadecimal
from analysis.maps.grading import grade, grade_signed
from analysis.maps.significance import grade_p_values
from analysis.tables.labels import term_label
from analysis.terms import TERMS, term
from spatial.errors import InputError, named

__all__ = ["Frames", "Wording", "changes", "classed", "local", "profiles", "spillovers", "values"]

Frames = pd.DataFrame | Mapping[str, pd.DataFrame]
FIRST = ("p_value", "p_adjusted", "cluster")
# theme of a local statistic: classes, where their names stand, whose result it is
LOCAL: Mapping[str, tuple[ClassColours, str, str]] = {
    "lisa": (CLUSTERS, "cluster", "lisa"),
    "bilisa": (CLUSTERS, "cluster", "bilisa"),
    "hot_spots": (SPOTS, "spot", "getis_ord"),
}
ERROR = "_std_error"


@dataclass(frozen=True)
class Wording:
    """Language, printed names, colours of classes, and further sentences by theme or layer."""

    lang: str = "en"
    labels: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Sequence[str] | str] = field(default_factory=dict)

    def name(self, text: str) -> str:
        """Give the printed name of a column or term."""
        return term_label(text, self.labels, self.lang)

    def title(self, theme: str, name: str = "", time: str = "") -> str:
        """Title of a layer."""
        title = term(f"layer.{theme}", self.lang)
        if name:
            title = term("layer.titled", self.lang, theme=title, name=self.name(name))
        return term("layer.timed", self.lang, title=title, time=time) if time else title

    def sentences(self, theme: str, layer: str, *own: str) -> tuple[str, ...]:
        """What a layer says of itself: its own sentences, then those given for theme and layer."""
        given: list[str] = []
        for key in dict.fromkeys((theme, layer)):
            found = self.about.get(key, ())
            given += [found] if isinstance(found, str) else found
        return (*(text for text in own if text), *given)

    def fixed(self, table: ClassColours, prefix: str) -> list[Look]:
        """Looks of fixed classes, in the user's colours where they name them."""
        own = {key: colour for key, colour in self.colours.items() if key in table}
        return solid(fixed_looks(table, prefix, self.lang, own))


def solid(looks: Sequence[Look]) -> list[Look]:
    """Looks whose colours are written as #rrggbb."""
    return [replace(look, face=hexadecimal(look.face)) for look in looks]


def local(theme: str, results: Frames | None, wording: Wording) -> Iterator[Layer]:
    """Layer of each local statistic and each of its years, with a second style of its p-values."""
    lang = wording.lang
    table, prefix, maker = LOCAL[theme]
    for name, frame in _named(results):
        _check_frame(frame, theme, FIRST, f"spatial.{maker}")
        stem = "_".join(part for part in (theme, name) if part)
        levels, looks = grade_p_values(frame, lang=lang)
        whole = frame.assign(significance=levels)
        columns = describe_columns(theme, _texts(whole), {}, wording.labels, lang)
        styles = (
            by_class(columns["cluster"].title, "cluster", wording.fixed(table, prefix), lang),
            by_class(columns["significance"].title, "significance", solid(looks), lang),
        )
        said = [term(f"layer.about.{theme}", lang), *_kind(theme, frame, lang)]
        for time, part in _by_time(whole):
            layer = f"{stem}_{time}" if time else stem
            about = wording.sentences(theme, layer, *said, _tested(frame, lang))
            yield Layer(layer, wording.title(theme, name, time), part, styles, about, columns)


def _kind(theme: str, frame: pd.DataFrame, lang: str) -> list[str]:
    """What a reader of a theme must know besides: what G counts, what a pair may reflect."""
    if theme == "bilisa":
        return [_stated(term("note.bivariate", lang), lang)]
    if theme == "hot_spots" and "star" in frame.attrs:
        return [_stated(term(f"spot.{'star' if frame.attrs['star'] else 'plain'}", lang), lang)]
    return []


def changes(results: Frames | None, wording: Wording) -> Iterator[Layer]:
    """Layer of each change of clusters between two times."""
    lang = wording.lang
    for name, frame in _named(results):
        _check_frame(frame, "changes", ("before", "after", "change"), "spatial.lisa_change")
        layer = f"lisa_change_{name}" if name else "lisa_change"
        columns = describe_columns("changes", _texts(frame), {}, wording.labels, lang)
        looks = wording.fixed(CHANGES, "change")
        style = by_class(columns["change"].title, "change", looks, lang)
        span = term("change.span", lang, before=frame.attrs.get("before", "?"),
                    after=frame.attrs.get("after", "?"))  # fmt: skip
        said = (term("layer.about.changes", lang), _stated(term("change.rule", lang), lang))
        about = wording.sentences("changes", layer, *said, _tested(frame, lang))
        title = wording.title("changes", name, span)
        yield Layer(layer, title, frame, (style,), about, columns)


def spillovers(results: Frames | None, wording: Wording) -> Iterator[Layer]:
    """Layer of each term: sent and received in common classes, as the printed map has them."""
    lang = wording.lang
    for name, frame in _named(results):
        _check_frame(frame, "spillover", ("sent", "received"), "fit.effects_by_unit(term)")
        layer = f"spillover_{name}" if name else "spillover"
        attrs = _with_term(frame, name)
        columns = describe_columns("spillover", _texts(frame), attrs, wording.labels, lang)
        pooled = frame[["sent", "received"]].to_numpy(dtype=float)
        common = grade_signed(pooled.ravel(), lang=lang)
        styles = [
            by_number(columns[part].title, part, frame[part].to_numpy(dtype=float), common)
            for part in ("sent", "received")
        ]
        if "own" in frame:
            own = frame["own"].to_numpy(dtype=float)
            styles.append(by_number(columns["own"].title, "own", own, grade_signed(own, lang=lang)))
        of = wording.name(str(attrs.get("term") or "")) or term("layer.some_term", lang)
        about = wording.sentences(
            "spillover",
            layer,
            term("layer.about.spillover", lang, term=of),
            *_model(attrs, lang),
            _stated(common.classes.note(lang), lang),
        )
        title = wording.title("spillover", name)
        yield Layer(layer, title, frame, tuple(styles), about, columns)


def profiles(results: Frames | None, wording: Wording) -> Iterator[Layer]:
    """Layer of each table of profiles, with a style for each of its columns, the gap first."""
    for name, frame in _named(results):
        _check_frame(frame, "profiles")
        layer = f"profiles_{name}" if name else "profiles"
        attrs = _with_term(frame, name)
        yield _of_columns("profiles", layer, name, frame, attrs, wording, first="gap")


def values(results: Frames | None, wording: Wording) -> Iterator[Layer]:
    """Layer of any columns, with a style for each."""
    for name, frame in _named(results):
        _check_frame(frame, "values")
        named_apart = frame.set_axis(field_names(frame.columns), axis=1)
        title = "" if name in ("", "values") else name
        yield _of_columns("values", name or "values", title, named_apart, {}, wording)


def classed(
    results: Mapping[str, tuple[pd.Series[Any], Sequence[Look]]] | None, wording: Wording
) -> Iterator[Layer]:
    """Layer of each Series of classes, drawn as its looks say."""
    for name, (given, looks) in (results or {}).items():
        known = {look.key for look in looks}
        strange = [str(key) for key in given.dropna().unique() if str(key) not in known]
        if strange:
            raise InputError(
                f"classes= of {name} hold {named(strange)}, for which no look is given."
            )
        lang = wording.lang
        for time, table in _by_time(given.to_frame("class")):
            layer = f"{name}_{time}" if time else name
            style = by_class(wording.name(name), "class", solid(looks), lang)
            columns = {"class": Column(term("layer.classed", lang))}
            about = wording.sentences(
                "classes",
                layer,
                term("layer.about.classes", lang),
                _tested(given, lang),
            )
            title = wording.title("classes", name, time)
            yield Layer(layer, title, table, (style,), about, columns)


def _of_columns(
    theme: str,
    layer: str,
    name: str,
    frame: pd.DataFrame,
    attrs: Mapping[Any, Any],
    wording: Wording,
    first: str = "",
) -> Layer:
    """Layer with one style for each column that can be drawn."""
    columns = describe_columns(theme, _texts(frame), attrs, wording.labels, wording.lang)
    drawn = [c for c in frame.columns if not str(c).endswith(ERROR)]
    found = (_style(str(c), columns[str(c)].title, frame[c], wording) for c in drawn)
    styles = [style for style in found if style is not None]
    styles.sort(key=lambda style: style.attribute != first)
    text = term(f"layer.about.{theme}", wording.lang)
    about = wording.sentences(theme, layer, text, *_model(attrs, wording.lang))
    return Layer(layer, wording.title(theme, name), frame, tuple(styles), about, columns)


def _style(name: str, title: str, column: pd.Series[Any], wording: Wording) -> Style | None:
    """Numbers in classes, texts by class; None for what no map shows."""
    if pd.api.types.is_bool_dtype(column):
        return None
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        if not np.isfinite(numbers[~np.isnan(numbers)]).all() or np.isnan(numbers).all():
            return None
        return by_number(title, name, numbers, grade(numbers, lang=wording.lang))
    known = column.dropna().map(str)
    count = known.nunique()
    if isinstance(column.dtype, pd.CategoricalDtype):
        count = len(column.cat.categories)
    if not len(known) or count > min(len(PALETTE), max(len(known) - 1, 1)):
        return None  # nearly every unit has its own
    _, looks = sort_categories(column, lang=wording.lang)
    if [look.key for look in looks] != list(CLUSTERS):
        looks = looks[:-1]  # what a column of the user lacks stays empty
    own = [
        replace(
            look,
            text=wording.labels.get(look.key, look.text),
            face=wording.colours.get(look.key, look.face),
        )
        for look in looks
    ]
    return by_class(title, name, solid(own), wording.lang)


def _with_term(frame: pd.DataFrame, name: str) -> dict[Any, Any]:
    """Attrs of effects; the name they are given under is their term where they state none."""
    stated: dict[Any, Any] = {"term": name} if name else {}
    return stated | frame.attrs


def _model(attrs: Mapping[Any, Any], lang: str) -> list[str]:
    """Which model effects come from, as far as the attrs of the result say."""
    if not attrs.get("model"):
        return []
    from analysis.tables.covariances import covariance_words

    effects = str(attrs.get("effects") or "none")
    said = [
        term(
            "layer.model",
            lang,
            kind=attrs["model"],
            formula=attrs.get("formula", ""),
            effects=term(f"curve.level.{effects}", lang),
        )
    ]
    if attrs.get("horizon"):
        said.append(term("layer.horizon", lang, run=term(f"effect.{attrs['horizon']}", lang)))
    weights = attrs.get(f"weights_{lang}") or attrs.get("weights")
    if weights:
        said.append(term("table.note_weights", lang, weights=weights))
    correction = f"table.note_{attrs.get('bias_correction') or 'no'}"
    if effects in ("unit", "time", "twoway") and correction in TERMS:
        said.append(term(correction, lang))
    if attrs.get("cov_kind"):
        kind = covariance_words(str(attrs["cov_kind"]), lang)
        said.append(term("table.note_cov", lang, kind=kind))
    return said


def _tested(result: pd.DataFrame | pd.Series[Any], lang: str) -> str:
    """Weights, p convention, correction, significance and seed of a result, as a sentence."""
    return _stated(("；" if lang == "zh" else "; ").join(convention(result.attrs, lang)), lang)


def _stated(words: str, lang: str) -> str:
    """Make a sentence of words that stand in a legend."""
    return term("layer.stated", lang, words=words[:1].upper() + words[1:]) if words else ""


def _named(results: Frames | None) -> Iterator[tuple[str, pd.DataFrame]]:
    """Results with the name that goes into the layer's; one result alone has none."""
    if isinstance(results, Mapping):
        yield from ((str(name), frame) for name, frame in results.items())
    elif results is not None:
        yield "", results


def _check_frame(frame: object, theme: str, columns: tuple[str, ...] = (), maker: str = "") -> None:
    """Refuse what is no table of the theme."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(
            f"{theme}= holds a {type(frame).__name__}; give a DataFrame indexed by city."
        )
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise InputError(
            f"the table of {theme}= has no column {named(absent)}; give the result of {maker}."
        )


def _texts(frame: pd.DataFrame) -> list[str]:
    return [str(column) for column in frame.columns]


def _by_time(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Parts of a result by time; "" where it has none."""
    if frame.index.nlevels == 1:
        yield "", frame
        return
    times = frame.index.get_level_values(0)
    for time in times.unique():
        yield str(time), frame[times == time].droplevel(0)
