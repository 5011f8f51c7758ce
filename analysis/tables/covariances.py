"""Covariances of a fit in words."""

from __future__ import annotations

import re
from collections.abc import Callable

from analysis.terms import term as word

__all__ = ["covariance_words"]

PLAIN = ("expected", "observed", "robust", "homoskedastic")
PATTERNS = (
    ("cluster", r"cluster by (?P<by>.+)"),
    ("driscoll", r"driscoll-kraay \((?P<lags>\d+) lags?\)"),
    ("hac_lags", r"hac \((?P<km>\S+) km, (?P<lags>\d+) lags?(?:, uniform)?\)"),
    ("hac", r"hac \((?P<km>\S+) km(?:, uniform)?\)"),
)


def covariance_words(kind: str, lang: str, name: Callable[[str], str] = str) -> str:
    """What `fit.cov_kind` says, in words.

    Parameters
    ----------
    kind
        Such as "cluster by province"; what the vocabulary does not have stays as it is.
    lang
        "en" or "zh".
    name
        Gives the printed name of a column.

    Examples
    --------
    >>> covariance_words("hac (300 km)", "en")
    'spatial HAC within 300 km (Conley)'
    """
    if kind in PLAIN:
        return word(f"table.cov_{kind}", lang)
    for key, pattern in PATTERNS:
        found = re.fullmatch(pattern, kind)
        if found:
            parts = found.groupdict()
            if "by" in parts:
                glue = word("table.cov_and", lang)
                parts["by"] = glue.join(name(one) for one in parts["by"].split(" and "))
            return word(f"table.cov_{key}", lang, **parts)
    return kind
