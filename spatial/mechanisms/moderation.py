"""Moderation: whether the effect of the focus depends on another variable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from spatial.covariance.wald import wald
from spatial.effects.derivatives import variables
from spatial.errors import InputError, named
from spatial.fit import Fit
from spatial.formula import lag_name
from spatial.inference import (
    COUNTS,
    FIGURES,
    Covariance,
    check_covariance,
    isolates_of,
    with_covariance,
)
from spatial.mechanisms.equations import check_model, written
from spatial.models import Specification
from spatial.panel import Panel

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Moderation", "moderate"]


@dataclass(frozen=True, eq=False)
class Moderation:
    """Estimates with an interaction; nothing changes them.

    Attributes
    ----------
    effects
        Effects of the focus where the moderator has given values in all units: term, moderator,
        value, effect, estimate, std_error, statistic, p_value, conf_low, conf_high, nobs, isolates.
    change
        What a rise of the moderator by one adds to these effects, the same columns without value.
    tests
        Wald tests that the interaction is zero: of ("own": x·z, "spillover": W(x·z), "all"),
        statistic, df, p_value, null.
    fit
        The model with x·z, and W(x·z) where x is lagged.
    term, moderator
        x and z; `interaction` is how the fit calls their product.
    notes
        Sentences.
    """

    effects: pd.DataFrame
    change: pd.DataFrame
    tests: pd.DataFrame
    fit: Fit
    term: str
    moderator: str
    interaction: str
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """`effects` and below them `change`, in one table.

        Columns term, effect, moderator, kind ("value", "change"), value (missing for the change),
        estimate, std_error, statistic, p_value, conf_low, conf_high, nobs, isolates.
        """
        change = self.change.assign(value=np.nan, kind="change")
        table = pd.concat([self.effects.assign(kind="value"), change], ignore_index=True)
        return table[["term", "effect", "moderator", "kind", "value", *FIGURES, *COUNTS]]


def moderate(
    model: Specification,
    data: Panel | pd.DataFrame,
    w: Graph,
    *,
    focus: str,
    moderator: str,
    at: Sequence[float] | None = None,
    level: float = 0.95,
    covariance: Covariance | None = None,
) -> Moderation:
    """Add x·z and W(x·z) to a model and tell the effects of x at values of z.

    W(x·z) carries the moderator of the sender. z itself, and W z where all regressors are lagged,
    enter where unit effects do not absorb them.

    Parameters
    ----------
    model
        The model without the interaction, such as ``spatial.SDM("y ~ x", effects="twoway")``.
    data, w
        As in `Specification.fit`.
    focus
        Column x, a plain regressor of the formula.
    moderator
        Column z, a number.
    at
        Values of z; by default 0 and 1 where z has only these, else its mean and the mean less and
        plus a standard deviation. Other numbers with which x interacts have their means.
    level
        Of intervals.
    covariance
        Arguments of `Fit.with_cov`, such as {"kind": "cluster", "by": "province"}.

    Raises
    ------
    InputError
        A focus that is no regressor, a moderator that is no number or does not vary.

    Examples
    --------
    >>> model = spatial.SDM("resilience ~ agglomeration + fdi", effects="twoway")  # doctest: +SKIP
    >>> found = spatial.moderate(
    ...     model, panel, w, focus="agglomeration", moderator="smart_facility"
    ... )  # doctest: +SKIP
    >>> found.effects, found.change, found.tests  # doctest: +SKIP
    """
    check_model(model)
    frame = data.frame if isinstance(data, Panel) else data
    z = _values(frame, moderator)
    base = model.fit(data, w)
    if focus not in base.terms:
        raise InputError(
            f"focus={focus!r} is no term of the formula; its terms are {named(base.terms, 20)}."
        )
    known = {f"{focus}:{moderator}", f"{moderator}:{focus}"} & set(base.terms)
    if known:
        raise InputError(
            f"the formula has {named(known)} already, which moderate() adds by itself; leave it "
            "out."
        )
    text_x, text_z = written(focus, data), written(moderator, data)
    extra = [f"{text_x}:{text_z}"]
    if moderator not in base.terms and _enters(model, data, moderator):
        extra.insert(0, text_z)
    lagged = model.lagged
    if lagged is not None and focus in lagged:
        lagged = (*lagged, f"{focus}:{moderator}")
    formula = f"{model.formula} + {' + '.join(extra)}"
    try:
        fit = replace(model, formula=formula, lagged=lagged).fit(data, w)
        fit = with_covariance(fit, check_covariance(covariance))
    except InputError as error:
        raise InputError(f"moderator {moderator}: {error}") from None
    product = next(term for term in fit.terms if term not in (*base.terms, moderator))
    points = _points(z) if at is None else [float(value) for value in at]
    counts = {"nobs": fit.nobs, "isolates": isolates_of(fit)}
    others = _others(fit, frame, focus, moderator)
    effects = fit.effects_at(focus, {moderator: points, **others}, level=level)
    effects = effects.drop(columns=[f"at.{name}" for name in others])
    effects = effects.rename(columns={f"at.{moderator}": "value"}).assign(**counts)
    change = fit.effects(level=level)
    change = change[change["term"] == product].assign(term=focus, **counts)
    order = ["term", "moderator", "value", "effect"]
    effects = _ordered(effects.assign(moderator=moderator), order)
    change = _ordered(change.assign(moderator=moderator), [c for c in order if c != "value"])
    return Moderation(
        effects=effects,
        change=change.reset_index(drop=True),
        tests=_tests(fit, product),
        fit=fit,
        term=focus,
        moderator=moderator,
        interaction=product,
        notes=(*fit.notes, *_at_means(others)),
    )


def _others(fit: Fit, frame: pd.DataFrame, focus: str, moderator: str) -> dict[str, float]:
    """Means of further numbers with which the focus interacts."""
    names = {
        name: None
        for term in fit.terms
        if focus in variables(term)
        for name in variables(term)
        if name not in (focus, moderator)
    }
    known = (n for n in names if n in frame and pd.api.types.is_numeric_dtype(frame[n]))
    return {name: float(frame[name].mean()) for name in known}


def _at_means(others: Mapping[str, float]) -> list[str]:
    if not others:
        return []
    return [f"Effects at values of the moderator hold where {named(others)} have their means."]


def _ordered(table: pd.DataFrame, first: Sequence[str]) -> pd.DataFrame:
    return table[[*first, *(column for column in table.columns if column not in first)]]


def _values(frame: pd.DataFrame, moderator: str) -> pd.Series:
    if moderator not in frame.columns:
        raise InputError(
            f"moderator={moderator!r} is no column of the data; these are "
            f"{named(map(str, frame.columns), 20)}."
        )
    column = frame[moderator]
    if not pd.api.types.is_numeric_dtype(column):
        raise InputError(
            f"the moderator {moderator} holds text; use spatial.groups to compare categories."
        )
    values = column.astype(float)
    if values.nunique() < 2:
        raise InputError(f"the moderator {moderator} does not vary; choose another.")
    return values


def _enters(model: Specification, data: Panel | pd.DataFrame, moderator: str) -> bool:
    """Whether effects leave something of the moderator itself."""
    if not isinstance(data, Panel) or model.effects == "none":
        return True
    frame = data.frame
    moving = (frame.groupby(data.unit)[moderator].agg(np.ptp) > 0).any()
    apart = (frame.groupby(data.time)[moderator].agg(np.ptp) > 0).any()
    return bool({"unit": moving, "time": apart, "twoway": moving and apart}[str(model.effects)])


def _points(z: pd.Series) -> list[float]:
    if set(z.unique()) == {0.0, 1.0}:
        return [0.0, 1.0]
    mean, sd = float(z.mean()), float(z.std(ddof=0))
    return [mean - sd, mean, mean + sd]


def _tests(fit: Fit, product: str) -> pd.DataFrame:
    """Wald tests of the interaction's coefficients."""
    names, rows = [str(name) for name in fit.params.index], []
    own, lag = [product], [name for name in (lag_name(product),) if name in names]
    for of, terms in (("own", own), ("spillover", lag), ("all", [*own, *lag])):
        if not terms or (of == "all" and not lag):
            continue
        b, cov = fit.params[terms].to_numpy(), fit.cov.loc[terms, terms].to_numpy()
        statistic = wald(b, cov)
        rows.append(
            {"of": of, "statistic": statistic, "df": len(terms)}
            | {"p_value": float(chdtrc(len(terms), statistic))}
            | {"null": f"no coefficient of {', '.join(terms)}"}
        )
    return pd.DataFrame(rows)
