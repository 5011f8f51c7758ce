"""Channels: whether the focus moves what in turn moves the outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, is_whole, named
from spatial.fit import Fit
from spatial.inference import Covariance, check_covariance, isolates_of, with_covariance
from spatial.mechanisms.equations import Equations, check_model, fit_equations, without
from spatial.mechanisms.paths import Path, Travel, all_paths
from spatial.mechanisms.resampling import Chain, bootstrap_portion, estimates_of, make_chain
from spatial.mechanisms.result import Channels
from spatial.models import Specification
from spatial.panel import Panel
from spatial.result import quantile
from spatial.running import Jobs, portions, run_shared

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["channels"]

Array = npt.NDArray[np.float64]
EFFECTS = ("direct", "indirect", "total")
WITHIN = (None, "expected", "observed")  # covariances that claim no more than the draws allow
PATH_COLUMNS = (
    "channel", "term", "path", "kind", "effect", "estimate", "std_error", "p_value", "conf_low",
    "conf_high", "nobs", "isolates", "draws",
)  # fmt: skip


def channels(  # noqa: PLR0913
    model: Specification,
    data: Panel | pd.DataFrame,
    w: Graph,
    *,
    focus: str,
    channels: Mapping[str, str | Sequence[str]],
    steps: Literal[2, 3] = 2,
    draws: int = 500,
    level: float = 0.95,
    covariance: Covariance | None = None,
    seed: int = 0,
    jobs: Jobs = 1,
) -> Channels:
    """Regress channels on the focus, and with three steps the outcome on both.

    Two steps (the practice since Jiang Ting, 2022, China Industrial Economics): the model of the
    outcome stands as it is, and each channel takes the outcome's place, M = ρWM + βx + θWx +
    controls + effects + ε; that the channel moves the outcome is then a matter of theory. Three
    steps add y ~ x + M + controls and what travels from x over M to y: the effects of x along a
    path are the entries of the product of S⁻¹(βI + θW) over its equations, and their means are
    mediated direct, indirect (spillover) and total effects. In a chain of two channels the second
    is regressed on the first as well, and every path is told: over both, over one, over none; they
    add up to "sum".

    Parameters
    ----------
    model
        The model of the outcome, such as ``spatial.SDM("y ~ x + z", effects="twoway")``. All
        equations are of its kind; a channel enters later equations with its lag where `lagged` is
        None or names it.
    data
        A `Panel`, or for a cross-section a frame indexed by unit.
    w
        Graph over at least the units of the data.
    focus
        Term x.
    channels
        Name of a channel to its column or expression ("log(patents / population)"), or to a list of
        them: a chain.
    steps
        2 or 3.
    draws
        Of the wild bootstrap of three steps: each unit, or cluster of `covariance`, draws one sign
        per equation for its errors in all years, and responses come from the reduced form
        (I − ρW)⁻¹, so that spillovers and dependence over time stay. Percentile intervals; p is
        twice the smaller of (1 + #≤0)/(1 + draws) and (1 + #≥0)/(1 + draws). 0 for none.
    level
        Of intervals.
    covariance
        Arguments of `Fit.with_cov`, such as {"kind": "cluster", "by": "province"}, for the model
        and the links. Errors of paths come from the draws whatever it is: clusters draw their signs
        as a whole, other kinds leave it to units, and `notes` say so.
    seed
        Of the draws.
    jobs
        Processes for the draws, a `distributed.Client`, or `Workers`; the numbers are the same.

    Returns
    -------
    Channels
        `links`, `paths`, `fits`, `base`, `notes`.

    Raises
    ------
    InputError
        A focus or channel that is not there, a channel among the regressors, a model with
        instruments, a past or random effects.

    Notes
    -----
    Mediated effects are causal only where neither the focus nor the channel shares unobserved
    causes with what it moves (Imai, Keele and Yamamoto, 2010); the two-step design claims less.

    Examples
    --------
    >>> model = spatial.SDM("resilience ~ agglomeration + fdi", effects="twoway")  # doctest: +SKIP
    >>> found = spatial.channels(
    ...     model, panel, w, focus="agglomeration",
    ...     channels={"technology": "ln_patents", "chain": ["ln_green", "upgrading"]}, steps=3,
    ... )  # doctest: +SKIP
    >>> found.links, found.paths  # doctest: +SKIP
    """
    quantile(level)
    check_model(model)
    _check(channels, steps, draws)
    chains = {str(name): [g] if isinstance(g, str) else list(g) for name, g in channels.items()}
    every = [part for chain in chains.values() for part in chain]
    errors = check_covariance(covariance)
    base = with_covariance(without(model, every).fit(data, w), errors)
    if focus not in base.terms:
        raise InputError(
            f"focus={focus!r} is no term of the formula; its terms are {named(base.terms, 20)}."
        )
    links: list[pd.DataFrame] = []
    paths: list[pd.DataFrame] = []
    fits: dict[str, dict[str, Fit]] = {}
    notes: list[str] = []
    travel = Travel(base._fitted.sample.network) if steps == 3 else None
    for place, (name, chain) in enumerate(chains.items()):
        one = without(model, (part for part in every if part not in chain))
        found = fit_equations(one, data, w, name, chain, outcome=steps == 3, covariance=errors)
        fits[name] = dict(zip(found.responses, found.fits, strict=True))
        links.append(_links(found, focus, level))
        if travel is not None:
            seeds = np.random.SeedSequence([seed, place])
            chain_by = _drawn_by(errors)
            table, said = _paths(found, focus, travel, draws, level, (seeds, jobs), chain_by)
            paths.append(table)
            notes += [*said, *_drawn_note(errors, chain_by, draws)]
    fitted = (base, *(fit for found in fits.values() for fit in found.values()))
    notes = [*(note for fit in fitted for note in fit.notes), *notes]
    return Channels(
        links=pd.concat(links, ignore_index=True),
        paths=pd.concat(paths, ignore_index=True) if paths else pd.DataFrame(columns=PATH_COLUMNS),
        fits=fits,
        base=base,
        notes=tuple(dict.fromkeys(notes)),
    )


def _check(channels: Mapping[str, Any], steps: int, draws: int) -> None:
    if not isinstance(channels, Mapping) or not channels:
        raise InputError(
            'channels= maps the name of each channel to a column, as {"technology": "ln_patents"}, '
            "or to a list of columns."
        )
    empty = [str(name) for name, given in channels.items() if not len(given)]
    if empty:
        raise InputError(f"channel {named(empty)} has no column; name one, or a list of them.")
    if steps not in (2, 3):
        raise InputError(f"steps={steps!r}; the design has 2 steps, or 3 with the outcome.")
    if not is_whole(draws) or draws < 0:
        raise InputError(f"draws={draws!r}; give a number of draws, 0 for none.")


def _links(equations: Equations, focus: str, level: float) -> pd.DataFrame:
    """Effects of the focus and of earlier channels on each response."""
    tables = []
    for place, fit in enumerate(equations.fits):
        causes = [focus, *equations.responses[:place]]
        table = fit.effects(level=level)
        table = table[table["term"].isin(causes)]
        table.insert(0, "channel", equations.name)
        table.insert(2, "response", fit.outcome)
        tables.append(table.assign(nobs=fit.nobs, isolates=isolates_of(fit)))
    return pd.concat(tables, ignore_index=True)


def _drawn_by(errors: Covariance) -> Any:
    """By what rows share their signs: clusters where they are of one kind, None for units."""
    by = errors.get("by") if errors.get("kind") == "cluster" else None
    if isinstance(by, (list, tuple)):
        return by[0] if len(by) == 1 else None
    return by


def _drawn_note(errors: Covariance, by: Any, draws: int) -> list[str]:
    if not draws or errors.get("kind") in WITHIN or by is not None:
        return []
    return [
        f'The covariance "{errors["kind"]}" is that of the links; intervals of paths come from '
        "draws of whole units."
    ]


def _paths(
    equations: Equations,
    focus: str,
    travel: Travel,
    draws: int,
    level: float,
    random: tuple[np.random.SeedSequence, Jobs],
    by: Any,
) -> tuple[pd.DataFrame, list[str]]:
    ways = all_paths(equations.count)
    chain = make_chain(equations, focus, ways, by)
    estimate = _with_sum(chain.effects(estimates_of(chain), travel)[None])[0]
    drawn = _draw(chain, travel, draws, *random)
    failed = draws - len(drawn)
    said = (
        [f"Channel {equations.name}: {failed} of {draws} draws could not be fitted."]
        if failed
        else []
    )
    spread = _spread(_with_sum(drawn), level)
    fit, rows = equations.fits[-1], []
    names = [*(_written(path, focus, equations) for path in ways), f"{focus} → {fit.outcome}"]
    kinds = ["mediated"] * (len(ways) - 1) + ["unmediated", "sum"]
    for p, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        for e, effect in enumerate(EFFECTS):
            numbers = {key: values[p, e] for key, values in spread.items()}
            rows.append(
                {"channel": equations.name, "term": focus, "path": name, "kind": kind}
                | {"effect": effect, "estimate": estimate[p, e], **numbers}
                | {"nobs": fit.nobs, "isolates": isolates_of(fit), "draws": len(drawn)}
            )
    return pd.DataFrame(rows, columns=PATH_COLUMNS), said


def _written(path: Path, focus: str, equations: Equations) -> str:
    return " → ".join([focus, *(equations.responses[node] for node in path.nodes)])


def _with_sum(effects: Array) -> Array:
    """Paths and behind them their sum, (…, paths + 1, 3)."""
    return np.concatenate([effects, effects.sum(axis=-2, keepdims=True)], axis=-2)


def _draw(
    chain: Chain, travel: Travel, draws: int, seed: np.random.SeedSequence, jobs: Jobs
) -> Array:
    """Effects in each draw, (draws, paths, 3)."""
    done = run_shared((chain, travel), portions(seed, draws), bootstrap_portion, jobs=jobs)
    found = [effects for part in done for effects in part]
    return np.array(found).reshape(len(found), len(chain.paths), 3)


def _spread(drawn: Array, level: float) -> dict[str, Array]:
    """Standard deviation, two-sided p and percentile interval over the draws."""
    shape = drawn.shape[1:]
    if len(drawn) < 2:
        nothing = np.full(shape, np.nan)
        return dict.fromkeys(("std_error", "p_value", "conf_low", "conf_high"), nothing)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    below, above = (drawn <= 0.0).sum(axis=0), (drawn >= 0.0).sum(axis=0)
    p = np.minimum(1.0, 2.0 * (1.0 + np.minimum(below, above)) / (1.0 + len(drawn)))
    return {
        "std_error": drawn.std(axis=0, ddof=1),
        "p_value": p,
        "conf_low": low,
        "conf_high": high,
    }
