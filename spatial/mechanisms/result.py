"""What a study of channels tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from spatial.fit import Fit
from spatial.inference import COUNTS, FIGURES

__all__ = ["Channels"]


@dataclass(frozen=True, eq=False)
class Channels:
    """Estimates of channels; nothing changes them.

    Attributes
    ----------
    links
        Effects of each term on each response: channel, term (the focus, or an earlier channel),
        response, effect (direct, indirect, total), estimate, std_error, statistic, p_value,
        conf_low, conf_high, nobs, isolates. With two steps the responses are the channels, with
        three the outcome too, given the channels.
    paths
        With three steps what travels each path from the focus to the outcome: channel, term, path
        ("agglomeration → patents → resilience"), kind ("mediated", "unmediated", "sum"), effect,
        estimate, std_error, p_value, conf_low, conf_high, nobs, isolates, draws. Intervals and p
        come from the bootstrap; NaN without draws. Empty with two steps.
    fits
        By channel its equations, named by their response.
    base
        The model without channels.
    notes
        Sentences on the fits and the draws.
    """

    links: pd.DataFrame
    paths: pd.DataFrame
    fits: Mapping[str, Mapping[str, Fit]]
    base: Fit
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """`links` and below them `paths`, in one table.

        Columns term, effect, channel, path ("agglomeration → patents" for a link), kind ("link",
        or as in `paths`), estimate, std_error, p_value, conf_low, conf_high, nobs, isolates.
        """
        links = self.links.assign(path=self.links["term"] + " → " + self.links["response"])
        tables = [links.assign(kind="link"), *([self.paths] if len(self.paths) else [])]
        figures = [name for name in FIGURES if name != "statistic"]
        order = ["term", "effect", "channel", "path", "kind", *figures, *COUNTS]
        return pd.concat([table[order] for table in tables], ignore_index=True)
