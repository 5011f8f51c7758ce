"""What a study of channels tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from spatial.fit import Fit

__all__ = ["Channels"]


@dataclass(frozen=True, eq=False)
class Channels:
    """Estimates of channels; nothing changes them.

    Attributes
    ----------
    links
        Effects of each cause on each response: channel, cause, response, effect (direct, indirect,
        total), estimate, std_error, statistic, p_value, conf_low, conf_high, nobs, isolates. With
        two steps the responses are the channels, with three the outcome too, given the channels.
    paths
        With three steps what travels each path from the focus to the outcome: channel, cause, path
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
