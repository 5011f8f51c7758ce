"""The accepted sequence of tests that leads from least squares to a spatial model."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import TYPE_CHECKING

import pandas as pd

from spatial.diagnostics.hausman import hausman
from spatial.diagnostics.likelihood import lr_test, wald_test
from spatial.diagnostics.lm import lm_tests
from spatial.diagnostics.residuals import residual_moran
from spatial.diagnostics.rows import normal_row
from spatial.diagnostics.telling import warn_once
from spatial.diagnostics.verdicts import CHOSEN, UNTESTED, sentence
from spatial.errors import InputError
from spatial.models import OLS, SAR, SDM, SEM, SLX, Specification
from spatial.panel import Panel
from spatial.within import Effects

if TYPE_CHECKING:
    from spatial.fit import Fit
    from spatial.gather import Weights
    from spatial.sheet import Missing

__all__ = ["Decisions", "choose_model"]

Choice = tuple[type[Specification], str]
REDUCED: dict[str, type[Specification]] = {"sar": SAR, "sem": SEM}
COLUMNS = ("step", "test", "statistic", "df", "p_value", "decision", "sentence")
WIDTH = 96
LM_ROWS = ("lm_lag", "lm_error", "robust_lm_lag", "robust_lm_error")


class Decisions(pd.DataFrame):
    """The table of `choose_model`, which prints as sentences; parts of it are plain frames.

    One row per step: step, test, statistic, df, p_value, decision, sentence. `attrs` hold model,
    effects, reason (the key of the last sentence), alpha and formula.
    """

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    @property
    def model(self) -> str:
        """Name of the chosen model: OLS, SLX, SAR, SEM or SDM."""
        return str(self.attrs["model"])

    @property
    def effects(self) -> str:
        """Effects of the chosen model."""
        return str(self.attrs["effects"])

    @property
    def sentences(self) -> tuple[str, ...]:
        """What each step says."""
        return tuple(self["sentence"])

    def __str__(self) -> str:
        head = f'{self.attrs["formula"]}: {self.model}, effects "{self.effects}"'
        lines = [
            textwrap.fill(f"{step}. {text}", WIDTH, subsequent_indent="   ")
            for step, text in zip(self["step"], self["sentence"], strict=True)
        ]
        return "\n".join([head, *lines])


@dataclass(frozen=True)
class Inquiry:
    """What is asked, and the rows of the answer so far."""

    formula: str
    data: Panel | pd.DataFrame
    w: Weights
    effects: Effects
    lagged: Sequence[str] | None
    missing: Missing
    alpha: float
    rows: list[dict[str, object]] = field(default_factory=list)
    fits: dict[Specification, Fit] = field(default_factory=dict)

    def take(self, row: pd.Series, test: str | None = None) -> bool:
        """Note a test; True where its null is rejected."""
        name = test or str(row["test"])
        rejected = bool(float(row["p_value"]) < self.alpha)
        self._add(
            name, row, "rejected" if rejected else "kept", sentence(name, row, rejected=rejected)
        )
        return rejected

    def choose(self, model: str, reason: str) -> None:
        """Note the end of the sequence."""
        self._add("choice", pd.Series(dtype=float), model, CHOSEN[reason])

    def leave_out(self, test: str, why: InputError) -> None:
        """Note a test that could not be made."""
        self._add(test, pd.Series(dtype=float), "untested", f"{UNTESTED[test]}: {why}")

    def _add(self, name: str, row: pd.Series, decision: str, text: str) -> None:
        numbers = {key: row.get(key, float("nan")) for key in ("statistic", "df", "p_value")}
        at = {"step": len(self.rows) + 1, "test": name}
        self.rows.append({**at, **numbers, "decision": decision, "sentence": text})

    def fit(
        self, kind: type[Specification], *, effects: Effects | None = None, dummies: bool = False
    ) -> Fit:
        """Fit one model of the sequence, each once."""
        options = {"lagged": self.lagged} if kind.lag_x else {}
        model = kind(
            self.formula,
            effects=self.effects if effects is None else effects,
            bias_correction=None if dummies else "default",
            missing=self.missing,
            **options,  # type: ignore[arg-type]
        )
        if model not in self.fits:
            self.fits[model] = model.fit(self.data, self.w)
        return self.fits[model]


@warn_once
def choose_model(
    formula: str,
    data: Panel | pd.DataFrame,
    w: Weights,
    *,
    effects: Effects | None = None,
    lagged: Sequence[str] | None = None,
    missing: Missing = None,
    alpha: float = 0.05,
) -> Decisions:
    """Run the accepted sequence of tests and say in words where it leads (Elhorst, 2014).

    1. In a panel, unless `effects` is given: likelihood ratios of two-way effects against time
       effects alone and against unit effects alone, without spatial lags.
    2. Moran's I of the residuals of least squares; LM tests for a lag of the outcome and of the
       error, and those robust to the other.
    3. If none of the two LM tests rejects: OLS against SLX (θ = 0), and if that is rejected SLX
       against SDM (ρ = 0).
    4. Otherwise the SDM is estimated and Wald and LR tests ask whether it may be reduced to SAR
       (θ = 0) or SEM (θ + ρβ = 0). A reduction is allowed where both tests keep it, and taken where
       the LM tests point to it as well; where they point elsewhere the SDM stays, as it contains
       both. The LM tests point to the one whose robust test alone rejects, or, where neither does,
       to the one with the smaller p-value.
    5. With unit effects in a balanced panel: a Hausman test of the chosen model with random against
       fixed effects, for the record; fixed effects stay in any case.

    The sequence is a convention: its steps are tests at `alpha` each, and what is chosen after so
    many tests has no longer the error rate of one. Theory on what spills over comes first.

    Parameters
    ----------
    formula, data, w, lagged, missing
        As in `SDM(formula, lagged=..., missing=...).fit(data, w)`. Where `lagged` leaves out
        regressors the SEM is no special case of the SDM, and its tests are left out.
    effects
        Effects of all models; None finds them, "none" for a cross-section.
    alpha
        Level of each test.

    Returns
    -------
    Decisions
        A DataFrame: step, test, statistic, df, p_value, decision ("rejected" or "kept" of the
        null, "untested", at last the model), sentence. Printed, it is the sentences; `.model` and
        `.effects` are the choice.

    Raises
    ------
    InputError
        Whatever a fit refuses, such as regressors that unit effects absorb; give `effects` then.

    Examples
    --------
    >>> import numpy as np
    >>> from spatial import weights
    >>> ring = np.roll(np.eye(30), 1, axis=1) + np.roll(np.eye(30), -1, axis=1)
    >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(30)])
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30)}, w.unique_ids)
    >>> choose_model("y ~ x", table, w).model
    'OLS'
    """
    if not isinstance(alpha, Real) or not 0.0 < alpha < 1.0:
        raise InputError(f"alpha={alpha!r}; it is a share between 0 and 1, such as 0.05.")
    inquiry = Inquiry(formula, data, w, effects or "none", lagged, missing, float(alpha))
    if effects is None:
        inquiry = replace(inquiry, effects=_effects(inquiry))
    kind, reason = _sequence(inquiry)
    model = kind.kind
    _hausman(inquiry, kind)
    inquiry.choose(model, reason)
    table = Decisions(pd.DataFrame(inquiry.rows, columns=list(COLUMNS)))
    table.attrs = {
        "model": model,
        "effects": inquiry.effects,
        "reason": reason,
        "alpha": inquiry.alpha,
        "formula": formula,
    }
    return table


def _effects(inquiry: Inquiry) -> Effects:
    """Effects whose joint absence is rejected, each beside the other."""
    if not isinstance(inquiry.data, Panel) or inquiry.data.n_times == 1:
        return "none"
    both = inquiry.fit(OLS, effects="twoway", dummies=True)
    units = inquiry.take(
        lr_test(inquiry.fit(OLS, effects="time", dummies=True), both), "lr_unit_effects"
    )
    times = inquiry.take(
        lr_test(inquiry.fit(OLS, effects="unit", dummies=True), both), "lr_time_effects"
    )
    named: dict[tuple[bool, bool], Effects] = {
        (True, True): "twoway",
        (True, False): "unit",
        (False, True): "time",
        (False, False): "none",
    }
    return named[units, times]


def _sequence(inquiry: Inquiry) -> Choice:
    """From Moran's I to the model, and the key of the reason."""
    least = inquiry.fit(OLS)
    moran = residual_moran(least)
    inquiry.take(normal_row("residual_moran", float(moran["z"]), "no correlation"))
    found = lm_tests(
        inquiry.formula, inquiry.data, inquiry.w, inquiry.effects, missing=inquiry.missing
    )
    rows = {str(row["test"]): row for _, row in found.iterrows()}
    rejected = {name: inquiry.take(rows[name]) for name in LM_ROWS}
    if not (rejected["lm_lag"] or rejected["lm_error"]):
        return _without_lags(inquiry, least)
    lean = _lean(rejected, found.set_index("test")["p_value"])
    durbin = inquiry.fit(SDM)
    tested = {"sar": durbin, **({} if _partly_lagged(durbin) else {"sem": durbin})}
    allowed = [name for name in tested if _reducible(inquiry, durbin, name)]
    if not allowed:
        return SDM, "sdm"
    if lean in allowed:
        return REDUCED[lean], lean
    return SDM, "sdm_undecided" if len(allowed) > 1 else "sdm_contradiction"


def _reducible(inquiry: Inquiry, durbin: Fit, to: str) -> bool:
    """Whether Wald and LR both let the SDM be reduced."""
    wald = inquiry.take(wald_test(durbin, to))
    ratio = inquiry.take(lr_test(inquiry.fit(REDUCED[to]), durbin))
    return not (wald or ratio)


def _lean(rejected: dict[str, bool], p: pd.Series) -> str:
    """Which lag the LM tests point to, or nothing where both robust tests reject."""
    lag, error = rejected["robust_lm_lag"], rejected["robust_lm_error"]
    if lag != error:
        return "sar" if lag else "sem"
    if lag:
        return ""
    return "sar" if p["lm_lag"] <= p["lm_error"] else "sem"


def _partly_lagged(durbin: Fit) -> bool:
    return min(durbin._fitted.sample.neighbour, default=-1) < 0


def _without_lags(inquiry: Inquiry, least: Fit) -> Choice:
    """Without lags of outcome and error the neighbours' regressors may still matter."""
    wider = inquiry.fit(SLX)
    if not inquiry.take(lr_test(least, wider), "lr_theta"):
        return OLS, "ols"
    if not inquiry.take(lr_test(wider, inquiry.fit(SDM)), "lr_rho"):
        return SLX, "slx"
    return SDM, "sdm_after_slx"


def _hausman(inquiry: Inquiry, kind: type[Specification]) -> None:
    """Random against the fixed effects of the chosen model, time effects being dummies in both."""
    data = inquiry.data
    constant = isinstance(data, Panel) and data.balanced and not isinstance(inquiry.w, Mapping)
    if inquiry.effects not in ("unit", "twoway") or not constant:
        return
    sample, formula = inquiry.fit(kind)._fitted.sample, inquiry.formula
    if inquiry.effects == "twoway":
        formula = f"{formula} + C(`{data.time}`)"
    lags = [t for t, place in zip(sample.terms, sample.neighbour, strict=True) if place >= 0]
    options = {"lagged": lags} if kind.lag_x else {}
    try:
        fits = [
            kind(formula, effects=effects, **options).fit(data, inquiry.w)  # type: ignore[arg-type]
            for effects in ("unit", "random")
        ]
        inquiry.take(hausman(*fits))
    except InputError as why:
        inquiry.leave_out("hausman", why)
