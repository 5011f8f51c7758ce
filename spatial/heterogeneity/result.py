"""What a study of groups tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from spatial.fit import Fit
from spatial.inference import COUNTS, FIGURES

__all__ = ["Groups"]


@dataclass(frozen=True, eq=False)
class Groups:
    """Estimates of one model by group; nothing changes them.

    Attributes
    ----------
    separate
        Effects of the focus in a fit for each group alone, weights re-cut and re-scaled: group,
        term, effect, estimate, std_error, statistic, p_value, conf_low, conf_high, nobs, units,
        isolates (units that the cut leaves without a neighbour). NaN where a group cannot be fitted
        alone; `notes` say why.
    effects
        Effects by group in the joint fit, the same columns. "direct": mean over the units of the
        group of ∂y_i/∂x_i; "indirect": of Σ_{j≠i} ∂y_i/∂x_j, what they receive; "total": their sum;
        "sent": of Σ_{j≠i} ∂y_j/∂x_i, what they give.
    between
        Spillovers from group to group in the joint fit: from, to, term, effect ("indirect"),
        estimate (mean over the units of `to` of Σ ∂y_i/∂x_j over j ≠ i in `from`), std_error,
        statistic, p_value, conf_low, conf_high, nobs and isolates (of `to`). Over all senders they
        add up to the indirect effect of `to`.
    contrasts
        Differences of the effects of two groups in the joint fit: group, versus, term, effect,
        estimate, std_error, statistic, p_value, conf_low, conf_high, nobs, isolates.
    tests
        Whether coefficients differ in the joint fit: test ("wald" or "permutation"), of ("own",
        "spillover", "all"), statistic, df, p_value, draws, null.
    joint
        The fit with a column x[group] for each group and W.x[group] or W.x[from→to]; its columns
        are taken as they stand.
    fits
        The separate fits by group.
    members
        Group of each unit.
    notes
        Sentences on weights, isolates, groups that could not be fitted.
    """

    separate: pd.DataFrame
    effects: pd.DataFrame
    between: pd.DataFrame
    contrasts: pd.DataFrame
    tests: pd.DataFrame
    joint: Fit
    fits: Mapping[str, Fit]
    members: pd.Series
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """`effects` and below them `separate`, in one table.

        Columns term, effect, group, fit ("joint", "separate"), estimate, std_error, statistic,
        p_value, conf_low, conf_high, nobs, isolates, units.
        """
        order = ["term", "effect", "group", "fit", *FIGURES, *COUNTS, "units"]
        both = [self.effects.assign(fit="joint"), self.separate.assign(fit="separate")]
        return pd.concat([table[order] for table in both], ignore_index=True)

    @property
    def matrix(self) -> pd.DataFrame:
        """Spillovers as a table, a row per sender and a column per receiver (and per term)."""
        several = len(set(self.between["term"])) > 1
        columns = ["term", "to"] if several else "to"
        names = list(dict.fromkeys(self.between["from"]))
        table = self.between.pivot(index="from", columns=columns, values="estimate")
        return table.loc[names] if several else table.loc[names, names]
