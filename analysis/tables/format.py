"""Language, labels, decimals, stars and parentheses, chosen once for many tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from importlib import import_module
from inspect import signature
from typing import Literal

from analysis.tables.cells import check_stars
from analysis.tables.table import Table
from analysis.terms import check_language
from spatial.errors import InputError

__all__ = ["Format"]


@dataclass(frozen=True)
class Format:
    """How numbers and words are printed, for every table made through it.

    Each kind of table is a method, called like the function of `analysis.tables` of that name; of
    the choices it takes those that the function knows. What a call names itself wins.

    Parameters
    ----------
    labels
        Printed names of columns and terms.
    lang
        "en" or "zh".
    decimals
        Digits behind the point.
    stars
        Levels of significance.
    parentheses
        "se", "t" or "z".

    Raises
    ------
    InputError
        A wrong language, number of decimals, level or word.

    Examples
    --------
    >>> import pandas as pd
    >>> printed = Format(lang="zh", decimals=1, labels={"x": "集聚"})
    >>> printed.describe(pd.DataFrame({"x": [1.0, 2.0, 6.0]})).frame.iloc[0].tolist()
    ['集聚', '3', '3.0', '2.6', '1.0', '2.0', '6.0']

    For a whole paper::

        printed = tables.Format(labels=zh, lang="zh", parentheses="t")
        printed.models([sar, sdm]).save("表2.docx")
        printed.effects(sdm).save("表3.docx")
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    lang: str = "en"
    decimals: int = 3
    stars: tuple[float, ...] = (0.01, 0.05, 0.1)
    parentheses: Literal["se", "t", "z"] = "se"

    def __post_init__(self) -> None:
        check_language(self.lang)
        object.__setattr__(self, "stars", check_stars(self.stars))
        if not 0 <= self.decimals <= 10:
            raise InputError(f"decimals={self.decimals} is out of range; give 0 to 10.")
        if self.parentheses not in ("se", "t", "z"):
            raise InputError(
                f"parentheses={self.parentheses!r} is unknown; write 'se', 't' or 'z'."
            )

    def __getattr__(self, name: str) -> Callable[..., Table]:
        package = import_module("analysis.tables")
        if name.startswith("_") or name in ("Table", "Format") or name not in package.__all__:
            raise AttributeError(f"there is no table called {name!r}")
        make = getattr(package, name)
        known = signature(make).parameters
        chosen = {one.name: getattr(self, one.name) for one in fields(self) if one.name in known}
        return partial(make, **chosen)

    def __dir__(self) -> list[str]:
        package = import_module("analysis.tables")
        return sorted({*super().__dir__(), *package.__all__} - {"Table", "Format"})
