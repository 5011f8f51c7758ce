"""What stands below a table of models: stars, parentheses, covariance, weights and corrections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.tables.covariances import covariance_words
from analysis.terms import term as word
from spatial.errors import InputError
from spatial.weights import label

__all__ = ["effects_notes", "model_notes", "star_key", "weights_keys"]

CORRECTED = ("lee-yu", "past", "dof", "analytical")
SIGNS = {"rho": "ρ", "lambda": "λ"}


def star_key(levels: Sequence[float], lang: str) -> str:
    """Stars and the levels they stand for.

    Examples
    --------
    >>> star_key((0.01, 0.05, 0.1), "en")
    '*** p<0.01, ** p<0.05, * p<0.1'
    """
    signs = ["*" * count for count in range(len(levels), 0, -1)]
    if lang == "zh":
        shares = "、".join(f"{level * 100:g}%" for level in levels)
        return word("table.star_levels", lang, signs="、".join(signs), levels=shares)
    return ", ".join(f"{sign} p<{level:g}" for sign, level in zip(signs, levels, strict=True))


def weights_keys(columns: Sequence[Any]) -> list[str]:
    """Short name of each model's weights: W where all share one, W1, W2 ... otherwise."""
    graphs: list[Any] = []
    places = []
    for fit in columns:
        known = [i for i, graph in enumerate(graphs) if _same(graph, fit.graph)]
        places.append(known[0] if known else len(graphs))
        if not known:
            graphs.append(fit.graph)
    return ["W"] * len(columns) if len(graphs) == 1 else [f"W{i + 1}" for i in places]


def _same(one: Any, other: Any) -> bool:
    """Whether two graphs hold the same links under the same label."""
    if one is other:
        return True
    return label(one) == label(other) and bool(one.adjacency.equals(other.adjacency))


def model_notes(
    columns: Sequence[Any], style: Any, effects: str | None, *, signs: Sequence[str]
) -> tuple[str, ...]:
    """Sentences below a table of models."""
    notes = [_reading(style), *_outcome(columns, style), *_covariance(columns, style)]
    notes += [*_weights(columns, style), *_correction(columns, style)]
    notes += _instruments(columns, style)
    if len({fit.likelihood_nobs for fit in columns if fit.model.estimator == "ml"}) > 1:
        notes.append(word("table.note_loglik", style.lang))
    if effects is not None:
        notes.append(word(f"table.effects_{effects}", style.lang))
    return (*notes, *(word(sign, style.lang) for sign in signs))


def effects_notes(
    columns: Sequence[Any], style: Any, method: str, *, signs: Sequence[str]
) -> tuple[str, ...]:
    """Sentences below a table of effects."""
    notes = [_reading(style), *_outcome(columns, style)]
    if len(columns) == 1:
        notes.append(word("table.note_model", style.lang, kind=columns[0].model.kind))
    notes += [*_covariance(columns, style), *_weights(columns, style)]
    notes += [*_correction(columns, style), word(f"table.effects_{method}", style.lang)]
    return (*notes, *(word(sign, style.lang) for sign in signs))


def _reading(style: Any) -> str:
    """Say what the parentheses and the stars are."""
    what = word(f"table.under_{style.parentheses}", style.lang)
    if not style.stars:
        return word("table.note_parentheses", style.lang, what=what)
    return word("table.note_stars", style.lang, what=what, stars=star_key(style.stars, style.lang))


def _outcome(columns: Sequence[Any], style: Any) -> list[str]:
    """Name of the outcome, where all models share it."""
    outcomes = {fit.outcome for fit in columns}
    if len(outcomes) > 1:
        return []
    return [word("table.note_outcome", style.lang, name=style.name(outcomes.pop()))]


def _covariance(columns: Sequence[Any], style: Any) -> list[str]:
    """Kind of the covariance, by column where it differs."""
    kinds = [fit.cov_kind for fit in columns]
    if len(set(kinds)) == 1:
        only = covariance_words(kinds[0], style.lang, style.name)
        return [word("table.note_cov", style.lang, kind=only)]
    texts = [covariance_words(kind, style.lang, style.name) for kind in kinds]
    each = _by_column(texts, style.lang)
    return [word("table.note_cov", style.lang, kind=each)]


def _instruments(columns: Sequence[Any], style: Any) -> list[str]:
    """What the statistics of instruments are and which regressors are endogenous beside W y."""
    if all(fit.model.estimator == "ml" for fit in columns):
        return []
    ends = [style.name(term) for fit in columns for term in fit.model.endogenous or ()]
    glue = "、" if style.lang == "zh" else ", "
    named = glue.join(dict.fromkeys(ends))
    said = [word("table.note_endogenous", style.lang, names=named)] if named else []
    return [word("table.note_instruments", style.lang), *said]


def _by_column(words: Sequence[str], lang: str) -> str:
    """Write what holds in each column, with its number."""
    glue = "；" if lang == "zh" else "; "
    return glue.join(f"({i}) {text}" for i, text in enumerate(words, start=1))


def _weights(columns: Sequence[Any], style: Any) -> list[str]:
    """Say what each set of weights is."""
    words = (label(fit.graph, style.lang) for fit in columns)
    pairs = dict(zip(weights_keys(columns), words, strict=True))
    glue = "；" if style.lang == "zh" else "; "
    each = glue.join(text if key == "W" else f"{key} {text}" for key, text in pairs.items())
    return [word("table.note_weights", style.lang, weights=each)]


def _correction(columns: Sequence[Any], style: Any) -> list[str]:
    """Which columns were corrected for what, and what ρ and λ are without it."""
    ways = [_way(fit) for fit in columns]
    corrected = [i for i, way in enumerate(ways) if way in CORRECTED]
    notes = []
    for way in dict.fromkeys(way for way in (*CORRECTED, "published", "no", "gmm") if way in ways):
        which = [i for i, one in enumerate(ways) if one == way]
        if way != "no" or not corrected:
            notes.append(_in_columns(f"table.note_{way}", which, columns, style))
    notes += [
        _without(name, [i for i in corrected if name in columns[i].params.index], columns, style)
        for name in SIGNS
    ]
    return [note for note in notes if note]


def _way(fit: Any) -> str | None:
    """How fixed effects were dealt with; None without any."""
    if fit.model.effects not in ("unit", "time", "twoway"):
        return None
    if fit.model.estimator == "gmm":
        return "gmm"
    if fit.past_corrected:
        return "past"
    return fit.bias_correction or ("published" if fit.model.convention == "published" else "no")


def _in_columns(key: str, which: Sequence[int], columns: Sequence[Any], style: Any) -> str:
    """A sentence that holds for some columns, and for which unless it is all."""
    text = word(key, style.lang)
    if len(which) == len(columns):
        return text
    glue = "、" if style.lang == "zh" else ", "
    where = glue.join(f"({i + 1})" for i in which)
    return word("table.note_columns", style.lang, columns=where, text=text)


def _without(name: str, which: Sequence[int], columns: Sequence[Any], style: Any) -> str:
    """What ρ or λ is without the correction; empty where no column has it."""
    if not which:
        return ""
    values = [_uncorrected(columns[i], name, style) for i in which]
    if len(columns) > 1:
        values = [f"{value} ({i + 1})" for value, i in zip(values, which, strict=True)]
    glue = "、" if style.lang == "zh" else ", "
    return word("table.note_without", style.lang, sign=SIGNS[name], values=glue.join(values))


def _uncorrected(fit: Any, name: str, style: Any) -> str:
    """Value without the correction, where the data identify it."""
    try:
        value = fit.uncorrected().params[name]
    except InputError:
        return word("table.not_identified", style.lang)
    return f"{value:.{style.decimals}f}"
