"""What a threshold model tells: tests, thresholds with intervals, regimes with their effects."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from spatial.fit import Fit
from spatial.inference import COUNTS, FIGURES

__all__ = ["ThresholdFit"]


@dataclass(frozen=True, eq=False)
class ThresholdFit:
    """Estimates of a threshold model; nothing changes them.

    Attributes
    ----------
    tests
        One row per step: null and alternative (numbers of thresholds), test ("F" of least squares,
        "LR" with a lag of the outcome), statistic, p_value, critical_10, critical_05, critical_01,
        bootstrap (draws).
    thresholds
        One row per threshold of the model below: threshold, estimate, conf_low, conf_high,
        share_below (of the rows). The thresholds are those that the tests support, at least one.
    regimes
        Coefficients of the term in each regime: term ("x" or "W.x"), regime (1 is the lowest), low,
        high (its bounds in the variable, infinite at the ends), estimate, std_error, statistic,
        p_value, conf_low, conf_high, nobs, isolates.
    effects
        Direct, indirect and total effect of the term where all units are in one regime: term,
        regime, effect, estimate, std_error, statistic, p_value, conf_low, conf_high, nobs,
        isolates.
    curve
        Likelihood ratio of each value tried against the estimate: threshold, value, ratio; what
        lies at or below `critical` is the interval.
    critical
        −2 ln(1 − √level), 7.35 at 95 % (Hansen, 1999, eq. 21).
    count
        Number of thresholds supported at 1 − level; the model below has one even if it is zero.
    fit
        The model with the term split by regime, thresholds taken as known.
    term, variable, level, notes
        What was split, by what, the level of tests and intervals, sentences.
    """

    tests: pd.DataFrame
    thresholds: pd.DataFrame
    regimes: pd.DataFrame
    effects: pd.DataFrame
    curve: pd.DataFrame
    critical: float
    count: int
    fit: Fit
    term: str
    variable: str
    level: float
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """`effects` by regime with the bounds of each.

        Columns term, effect, regime, low, high, estimate, std_error, statistic, p_value, conf_low,
        conf_high, nobs, isolates.
        """
        bounds = self.regimes.drop_duplicates("regime").set_index("regime")
        at = pd.Index(self.effects["regime"])
        table = self.effects.assign(
            **{end: bounds[end].reindex(at).to_numpy() for end in ("low", "high")}
        )
        return table[["term", "effect", "regime", "low", "high", *FIGURES, *COUNTS]]
