"""What is to be estimated: outcome, controls, who is treated since when, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from spatial.errors import InputError, is_whole, named
from spatial.formula import check_formula
from spatial.gather import Weights
from spatial.inference import check_covariance
from spatial.panel import Panel
from spatial.sample import SampleDesign, build_sample
from spatial.sheet import Missing
from spatial.treatment.design import Design, design_of
from spatial.treatment.imputation import Imputation
from spatial.treatment.result import DIDFit, assemble

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DID", "did"]

ESTIMATORS = ("imputation", "twoway")
EXPOSED = ("excluded", "modelled")


@dataclass(frozen=True)
class DID:
    """Spatial difference in differences for a treatment that starts at different times.

    y_it = α_i + λ_t + x_it′γ + τ_it D_it + Σ_k φ_k (W D^k)_it + ε_it, with D_it = 1 once unit i is
    treated and D^k = 1 where it has been for k steps. τ_it, the effect of a unit's own treatment,
    may be any number; φ_k is the effect of all neighbours having been treated for k steps.

    The imputation estimator (Borusyak, Jaravel and Spiess, 2024) takes α, λ and γ from rows that
    are neither treated nor next to a treated unit (Delgado and Florax, 2015, show what becomes of
    estimates that take the latter for untreated), predicts with them what reached rows would have
    been, and averages the difference. The two-way regression compares early with late treated units
    as if the early were untreated, and is offered to see what that does.

    Parameters
    ----------
    formula
        "outcome ~ control + control", or "outcome ~ 1". Controls must not respond to treatment.
    first_treated
        Column with the time of the first treatment, the same in all rows of a unit and empty where
        it is never treated. A unit stays treated.
    leads
        Steps before treatment that are told apart and tested; earlier rows are the reference.
    lags
        Steps after treatment that are told apart; the last stands for all later ones.
    estimator
        "imputation" or "twoway".
    exposed
        What rows next to treated units are, not being treated themselves: "excluded" from the
        untreated sample (nothing is assumed of how neighbours matter to find α, λ and γ), or
        "modelled", kept in it with Σ_k φ_k (W D^k)_it, which is needed where soon all units have
        a treated neighbour.
    missing
        What an absent row means, as in the other models.

    Raises
    ------
    InputError
        An argument is not one of those words.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from spatial import DID, Panel, weights
    >>> ring = np.roll(np.eye(40), 1, axis=1) + np.roll(np.eye(40), -1, axis=1)
    >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(40)])
    >>> table = pd.DataFrame({"city": w.unique_ids.repeat(8), "year": list(range(8)) * 40})
    >>> place = table["city"].str[1:].astype(int)
    >>> table["start"] = (3.0 + place % 2).where(place % 8 < 2)
    >>> table["y"] = place + table["year"] + 0.5 * (table["year"] >= table["start"])
    >>> fit = DID("y ~ 1", first_treated="start", leads=2).fit(Panel(table, "city", "year"), w)
    >>> print(fit.effects()["estimate"].round(6).abs().tolist())
    [0.5, 0.0, 0.5]
    """

    formula: str
    _: KW_ONLY
    first_treated: str
    leads: int = 4
    lags: int = 5
    estimator: Literal["imputation", "twoway"] = "imputation"
    exposed: Literal["excluded", "modelled"] = "excluded"
    missing: Missing = None

    def __post_init__(self) -> None:
        check_formula(self.formula)
        if not isinstance(self.first_treated, str):
            raise InputError(
                f"first_treated={self.first_treated!r} is no column; name the one that holds the "
                "time of the first treatment."
            )
        for name in ("leads", "lags"):
            value = getattr(self, name)
            if not is_whole(value) or value < 0:
                raise InputError(f"{name}={value!r}; give a whole number of steps, zero or more.")
        for name, words in (("estimator", ESTIMATORS), ("exposed", EXPOSED)):
            if getattr(self, name) not in words:
                raise InputError(f"{name}={getattr(self, name)!r}; it is one of {named(words)}.")

    def fit(self, data: Panel | pd.DataFrame, w: Weights) -> DIDFit:
        """Estimate, with standard errors clustered by unit.

        Parameters
        ----------
        data
            A `Panel`.
        w
            Graph over at least its units, or a mapping from each time to one; with rows that sum to
            one its lag of a treatment is the share of treated neighbours.

        Raises
        ------
        InputError
            No panel; a column of first treatments that is absent, changes within a unit or starts
            nothing; no row left that treatment does not reach; controls that are absorbed.
        """
        if not isinstance(data, Panel):
            raise InputError(
                f"the data are a {type(data).__name__}; a difference in differences needs a "
                "spatial.Panel."
            )
        wanted = SampleDesign(self.formula, intercept=False, missing=self.missing)
        sample = build_sample(wanted, data, w, stacklevel=3)
        design = design_of(sample, self.first_treated, self.leads, self.lags)
        notes = _require_untreated(self, design) if self.estimator == "imputation" else ()
        return assemble(self, design, (*sample.notes, *_weights_note(design), *notes))


def did(
    formula: str,
    data: Panel | pd.DataFrame,
    w: Weights,
    *,
    first_treated: str,
    leads: int = 4,
    lags: int = 5,
    estimator: Literal["imputation", "twoway"] = "imputation",
    exposed: Literal["excluded", "modelled"] = "excluded",
    missing: Missing = None,
    covariance: Mapping[str, Any] | None = None,
) -> DIDFit:
    """Spatial difference in differences in one call, `DID` with what it takes and its `fit`.

    Parameters
    ----------
    formula, first_treated, leads, lags, estimator, exposed, missing
        As in `DID`.
    data, w
        As in `DID.fit`.
    covariance
        Arguments of `DIDFit.with_cov`, such as {"kind": "cluster", "by": "province"} or
        {"kind": "hac", "km": 300}; by default clustered by unit.

    Returns
    -------
    DIDFit
        `tidy()`: average effects of a unit's own and of its neighbours' treatment, then leads and
        lags; `pretrend()`, `placebo()`, `comparison`, `by_cohort()`.

    Raises
    ------
    InputError
        As `DID` and `DIDFit.with_cov`.

    Examples
    --------
    >>> found = spatial.did("y ~ x", panel, w, first_treated="pilot_year")  # doctest: +SKIP
    >>> found.tidy(), found.pretrend(), found.placebo(draws=500).p_values  # doctest: +SKIP
    """
    model = DID(
        formula, first_treated=first_treated, leads=leads, lags=lags, estimator=estimator,
        exposed=exposed, missing=missing,
    )  # fmt: skip
    fit = model.fit(data, w)
    options = check_covariance(covariance)
    return fit.with_cov(**options) if options else fit


def _weights_note(design: Design) -> tuple[str, ...]:
    if all(block.operator.row_scaled for block in design.sample.network.blocks):
        return ()
    return (
        "Rows of the weights do not sum to one: neighbours' effects are per unit of the weighted "
        "sum of treated neighbours, not of their share.",
    )


def _require_untreated(model: DID, design: Design) -> tuple[str, ...]:
    """Refuse a sample without untreated rows or effects; say what could not be imputed."""
    found = Imputation(design, model.exposed == "modelled")
    sample = design.sample
    controls = np.arange(sample.n_times, design.background.shape[1])
    if not found.imputed.any():
        reach = "treated or next to a treated unit" if model.exposed == "excluded" else "treated"
        mend = ', or set exposed="modelled"' if model.exposed == "excluded" else ""
        raise InputError(
            f"too many units are {reach}: no treated row has untreated ones of its unit and of its "
            f"{sample.time_name} to be compared with; choose earlier years or fewer links{mend}."
        )
    lost = controls[~found.regression.tells(controls)]
    if len(lost):
        names = [sample.labels[place - sample.n_times] for place in lost]
        raise InputError(
            f"the controls {named(names)} do not vary beyond unit and time effects among untreated "
            "rows; leave them out."
        )
    return _left_out(found)


def _left_out(found: Imputation) -> tuple[str, ...]:
    """Sentences on treated rows without an imputed outcome, and on neighbours' effects."""
    design, sample = found.design, found.design.sample
    times = np.asarray(sample.times)
    notes = []
    gone = design.treated & ~found.imputed
    if gone.any():
        units = sample.units.take(np.unique(sample.layout.unit_codes[gone]))
        years = times[np.unique(sample.layout.time_codes[gone])]
        notes.append(
            f"{int(gone.sum())} of {int(design.treated.sum())} treated rows have no untreated rows "
            f"of their unit or {sample.time_name} to be compared with and are left out (of "
            f"{named(units)}; {named(years, 20)})."
        )
    counts = np.bincount(sample.layout.time_codes[found.untreated], minlength=len(times))
    few = [f"{times[t]}: {counts[t]}" for t in np.flatnonzero(counts < 10)]
    if few:
        notes.append(
            f"Few untreated units in some {sample.time_name}s ({named(few, 30)}); effects there "
            "rest on them."
        )
    if not found.exposed_only.any():
        notes.append(
            "No row is next to a treated unit without being treated itself, so that the effect of "
            "neighbours cannot be told."
        )
    return tuple(notes)
