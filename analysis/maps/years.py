"""Results over several times, cut into one part per panel."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from spatial.errors import InputError, named
from spatial.labels import canonical

__all__ = ["by_time"]


def by_time(data: pd.Series, times: Sequence[object] | None) -> list[tuple[str, pd.Series]]:
    """Cut into (head, values by unit) per time; one part without a head where there is no time."""
    if data.index.nlevels == 1:
        if times is not None:
            raise InputError(
                "times= needs a result indexed by time and unit; this one has no time."
            )
        return [("", data)]
    if data.index.nlevels != 2:
        raise InputError(
            f"the result has {data.index.nlevels} index levels; it must be indexed by unit, "
            "or by time and unit."
        )
    level = data.index.get_level_values(0)
    known = {canonical(time): time for time in level.unique()}
    wanted = list(known) if times is None else [canonical(time) for time in times]
    absent = [time for time in wanted if time not in known]
    if absent:
        raise InputError(f"the result has no time {named(absent)}; it holds {named(known, 20)}.")
    return [(time, data[level == known[time]].droplevel(0)) for time in wanted]
