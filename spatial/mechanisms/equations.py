"""The equations of a channel: each response on focus, controls and what stands before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from spatial.errors import InputError, named
from spatial.fit import Fit
from spatial.formula import formula_names
from spatial.inference import Covariance, with_covariance
from spatial.models import Specification
from spatial.panel import Panel

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Equations", "check_model", "fit_equations", "without", "written"]

PLAIN = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, eq=False)
class Equations:
    """Fits in the order of the chain, the outcome last where there are three steps.

    `responses` are their left sides as columns call them; equation k has the earlier responses
    among its regressors.
    """

    name: str
    fits: tuple[Fit, ...]
    count: int

    @property
    def responses(self) -> tuple[str, ...]:
        """Left sides of the equations."""
        return tuple(fit.outcome for fit in self.fits)

    @property
    def mediators(self) -> tuple[str, ...]:
        """The channels, without the outcome."""
        return self.responses[: self.count]


def check_model(model: Specification) -> None:
    """Refuse models whose equations cannot be drawn anew."""
    if not isinstance(model, Specification):
        raise InputError(
            f"the model is a {type(model).__name__}; give a specification such as "
            'spatial.SDM("y ~ x").'
        )
    for wrong, what in (
        (model.estimator == "gmm", 'estimator="gmm"'),
        (bool(model.dynamic), "dynamic="),
        (model.effects == "random", 'effects="random"'),
        (model.convention == "published", 'convention="published"'),
    ):
        if wrong:
            raise InputError(
                f"channels and moderators are estimated by maximum likelihood without {what}; "
                "leave it out."
            )


def written(name: str, data: Panel | pd.DataFrame) -> str:
    """How a formula writes a column or an expression."""
    frame = data.frame if isinstance(data, Panel) else data
    if name in frame.columns:
        return name if PLAIN.fullmatch(name) else f"`{name}`"
    strange = [part for part in formula_names(f"{name} ~ 1") if part not in frame.columns]
    if strange:
        raise InputError(
            f"{name!r} reads {named(strange)}, which the data lack; their columns are "
            f"{named(map(str, frame.columns), 20)}."
        )
    return name


def fit_equations(
    model: Specification,
    data: Panel | pd.DataFrame,
    w: Graph,
    name: str,
    chain: Sequence[str],
    *,
    outcome: bool,
    covariance: Covariance,
) -> Equations:
    """Fit the equations of the channels in `chain`, and with `outcome` that of the outcome."""
    left, right = (side.strip() for side in model.formula.split("~"))
    texts = [written(part, data) for part in chain]
    if len(set(map(_tight, texts))) < len(texts) or _tight(left) in map(_tight, texts):
        raise InputError(
            f"channel {name} names a column twice, or the outcome itself ({', '.join(chain)}); "
            "every link of a chain is another column."
        )
    fits = []
    for place, response in enumerate([*texts, *([left] if outcome else [])]):
        before = texts[:place]
        formula = f"{response} ~ {' + '.join([right, *before])}"
        equation = replace(model, formula=formula, lagged=_lagged(model, texts, before))
        try:
            fits.append(with_covariance(equation.fit(data, w), covariance))
        except InputError as error:
            raise InputError(f"channel {name}, equation of {response}: {error}") from None
    return Equations(name, tuple(fits), len(texts))


def without(model: Specification, names: Iterable[str]) -> Specification:
    """The model with channels taken out of the terms to lag."""
    return replace(model, lagged=_lagged(model, list(names), ()))


def _lagged(
    model: Specification, texts: Sequence[str], before: Sequence[str]
) -> tuple[str, ...] | None:
    """Terms to lag, without channels that are not in this equation."""
    if model.lagged is None:
        return None
    absent = {_tight(text) for text in texts} - {_tight(text) for text in before}
    return tuple(term for term in model.lagged if _tight(term) not in absent)


def _tight(text: str) -> str:
    return re.sub(r"[\s`]", "", text)
