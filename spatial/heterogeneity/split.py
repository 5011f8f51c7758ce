"""A sample whose focus has coefficients of its own in each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from spatial.formula import lag_name
from spatial.sample import Sample

__all__ = ["Part", "SplitSample", "split_by_group"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
SPANNED = 1e-9


@dataclass(frozen=True)
class Part:
    """A column of the split sample: its place, its term, and the groups that it links.

    `sender` is −1 in W x of all senders, `receiver` is the group whose outcome the column moves;
    `lag` says whether it is a column of W x.
    """

    place: int
    term: str
    receiver: int
    sender: int
    lag: bool


@dataclass(frozen=True, eq=False)
class SplitSample:
    """The sample, its split columns, and pairs of groups without a link (term, from, to)."""

    sample: Sample
    parts: tuple[Part, ...]
    unlinked: tuple[tuple[int, int], ...]


def split_by_group(
    sample: Sample,
    codes: Codes,
    names: Sequence[str],
    focus: Sequence[str],
    *,
    between: bool,
    constants: bool,
) -> SplitSample:
    """Replace x by x·1(i in g) for each group g, and W x by its parts.

    Those parts are 1(i in g)·(W x)_i for each receiving group, or with `between` for each pair
    1(i in g)·Σ_j w_ij 1(j in h) x_j, h → g. They add up to x and W x.

    Parameters
    ----------
    codes
        Group of each row, (n,).
    constants
        Adds a constant for each group but the first, as far as the other columns do not hold it.
    """
    inside = (codes[:, None] == np.arange(len(names))).astype(np.float64)
    places = {term: sample.terms.index(term) for term in focus}
    made = _Columns()
    moved = made.keep(sample, list(places.values()))
    for term, at in places.items():
        x = sample.x[:, sample.own[at]]
        for g, name in enumerate(names):
            part = Part(len(made.labels), term, receiver=g, sender=-1, lag=False)
            made.add(f"{term}[{name}]", x * inside[:, g], part)
        if sample.neighbour[at] >= 0:
            senders = x[:, None] * inside if between else x[:, None]
            made.add_lags(term, sample.lag_networks[at].lag(senders), inside, names)
    if constants:
        made.add_constants(inside, names)
    others = [k for k, term in enumerate(sample.terms) if term not in places]
    own = [part.place for part in made.parts if not part.lag]
    one = replace(
        sample,
        x=np.column_stack(made.columns),
        labels=tuple(made.labels),
        terms=(*(sample.terms[k] for k in others), *(made.labels[place] for place in own)),
        own=(*(moved[sample.own[k]] for k in others), *own),
        neighbour=(*(moved.get(sample.neighbour[k], -1) for k in others), *(-1 for _ in own)),
        lag_networks=(*(sample.lag_networks[k] for k in others), *(sample.network for _ in own)),
        spec=None,
    )
    return SplitSample(one, tuple(made.parts), tuple(made.unlinked))


class _Columns:
    """Columns of the split sample as they come together."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.columns: list[Array] = []
        self.parts: list[Part] = []
        self.unlinked: dict[tuple[int, int], None] = {}

    def keep(self, sample: Sample, replaced: Sequence[int]) -> dict[int, int]:
        """Take all columns but those of the terms to replace; new places by old ones."""
        gone = {at for k in replaced for at in (sample.own[k], sample.neighbour[k])}
        kept = [place for place in range(len(sample.labels)) if place not in gone]
        self.labels = [sample.labels[place] for place in kept]
        self.columns = list(sample.x[:, kept].T)
        return {place: new for new, place in enumerate(kept)}

    def add(self, label: str, column: Array, part: Part) -> None:
        """Add a column of the focus."""
        self.labels.append(label)
        self.columns.append(column)
        self.parts.append(part)

    def add_lags(self, term: str, lagged: Array, inside: Array, names: Sequence[str]) -> None:
        """Add W x by receiver, and by sender where `lagged` has a column for each."""
        between = lagged.shape[1] > 1
        for g, name in enumerate(names):
            for h in range(lagged.shape[1]):
                column, sender = lagged[:, h] * inside[:, g], h if between else -1
                if not column.any():
                    self.unlinked[(sender, g)] = None
                    continue
                mark = f"[{names[h]}→{name}]" if between else f"[{name}]"
                part = Part(len(self.labels), term, receiver=g, sender=sender, lag=True)
                self.add(lag_name(term) + mark, column, part)

    def add_constants(self, inside: Array, names: Sequence[str]) -> None:
        """Add a constant for each group but the first, where it is no combination of others."""
        for g in range(1, len(names)):
            if not _spanned(inside[:, g], self.columns):
                self.labels.append(f"group[{names[g]}]")
                self.columns.append(inside[:, g])


def _spanned(column: Array, columns: Sequence[Array]) -> bool:
    """Whether a column is a combination of others."""
    others = np.column_stack(columns)
    solved = np.linalg.lstsq(others, column, rcond=None)[0]
    rest = column - others @ solved
    return bool(np.linalg.norm(rest) <= SPANNED * np.linalg.norm(column))
