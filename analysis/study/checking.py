"""Look at a study before it is run: data, join, weights; nothing is fitted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.study.asking import write_aliases
from analysis.study.keeping import Parts
from analysis.study.measures import check_measures, measure
from analysis.study.reading import StudyFile, read_study
from analysis.study.sampling import choose_units, draw_sample, fill_gaps
from analysis.study.screen import check_page
from analysis.study.sources import KEY, Sources, read_sources
from analysis.study.suspicious import suspicious_values
from analysis.study.weighting import build_weights, check_weights
from analysis.study.weighting_data import Data
from spatial.errors import InputError, named
from spatial.labels import canonical

__all__ = ["Checked", "check"]

ALIASES = "aliases.csv"


@dataclass
class Checked:
    """What a check found: lines, the table of names to fill in, problems that stop a run."""

    lines: list[str] = field(default_factory=list)
    aliases: Path | None = None
    problems: list[InputError] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)

    def refuse(self) -> None:
        """Raise the first problem, if there is one.

        Raises
        ------
        InputError
            What would stop a run.
        """
        if self.problems:
            raise self.problems[0]

    def attempt(self, step: Callable[[], Any]) -> Any:
        """Do a step; what it refuses is kept as a problem and the check goes on."""
        try:
            return step()
        except InputError as error:
            self.problems.append(error)
            self.lines.append(f"  problem: {error}")
            return None


def check(
    study: str | Path | Mapping[str, Any],
    *,
    table: str | Path | None = None,
    boundaries: str | Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    aliases: str | Path | None = None,
) -> Checked:
    """Read a study's data, join them, compute its measures and describe its weights; fit nothing.

    Names without a polygon are written as a table (given, key) to fill in, by default aliases.csv
    beside the study file; below them stand the keys of polygons without a row, to choose from. A
    file that is already there is never overwritten.

    Parameters
    ----------
    study, table, boundaries, overrides
        As in `run`.
    aliases
        Where to write the table of names.

    Returns
    -------
    Checked
        Lines to print, problems that would stop a run.
    """
    file = read_study(study, overrides=overrides, table=table, boundaries=boundaries)
    check_measures(file.plan.measure)
    check_weights(file.plan.weights)
    check_page(file.plan)
    sources = read_sources(file, Parts())
    found = Checked([f"Study: {file.plan.study.title}"])
    found.lines.append(f"Boundaries: {file.plan.boundaries.file}: {len(sources.cities)} units")
    _describe_faults(found, sources)
    _describe_table(found, sources, file)
    _describe_join(found, sources, file, aliases)
    data = _describe_sample(found, sources, file)
    if file.plan.weights:
        found.attempt(lambda: _describe_weights(found, sources, file, data))
    return found


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    """Rows with their columns as attributes."""
    yield from table.itertuples(index=False)


def _describe_table(found: Checked, sources: Sources, file: StudyFile) -> None:
    table, section = sources.table, file.plan.table
    years = f", {table[section.time].min()} to {table[section.time].max()}" if section.time else ""
    found.lines.append(
        f"Table: {Path(section.file).name}: {len(table)} rows, {table[KEY].nunique()} units{years}"
    )
    own = [column for column in table.columns if column not in sources.cities.columns]
    with_polygon = table[KEY].isin(sources.cities.index)
    empty = table.isna().sum().where(table.columns.isin(own), table[with_polygon].isna().sum())
    gaps = named((f"{column} {count}" for column, count in empty[empty > 0].items()), 20)
    found.lines.append(f"  empty cells: {gaps or 'none'}")
    found.lines += [
        f"  {row.source}, {row.key}: {row.problem}: {row.detail}" for row in _rows(sources.repairs)
    ]
    odd = suspicious_values(table, KEY, section.time)
    found.lines.append(f"  values to look at again: {len(odd) or 'none'}")
    names = sources.names
    for row in _rows(odd.head(20)):
        when = "" if row.time is None else row.time
        found.lines.append(
            f"    {names.get(row.unit, row.unit)} {when} {row.column} = {row.value:g} "
            f"({row.reason})"
        )


def _describe_join(
    found: Checked, sources: Sources, file: StudyFile, aliases: str | Path | None
) -> None:
    import shapes

    counts = sources.ledger["how"].value_counts()
    found.lines.append(f"Join: {named(f'{count} {how}' for how, count in counts.items())}")
    if sources.idle:
        names = sources.names
        found.lines.append(
            f"  only in the boundaries ({len(sources.idle)}): "
            f"{named((names[k] for k in sources.idle), 12)}"
        )
    if not sources.unmatched:
        return
    dropped = {canonical(name) for name in file.plan.table.drop_units}
    hints = shapes.match_names(sources.unmatched, sources.cities)
    found.lines.append(f"  only in the table ({len(hints)}):")
    for row in _rows(hints):
        hint = f" – {row.suggestion}" if isinstance(row.suggestion, str) else ""
        named_so = " (dropped by name)" if canonical(row.given) in dropped else ""
        found.lines.append(f"    {row.given}{hint}{named_so}")
    open_names = hints[~hints["given"].map(canonical).isin(dropped)]
    if len(open_names):
        idle = {key: sources.names.get(key, key) for key in sources.idle}
        target = Path(aliases) if aliases is not None else file.base / ALIASES
        found.aliases = write_aliases(target, open_names, idle)
        found.lines.append(
            f"  fill in the keys in {found.aliases} and name the file in [boundaries] aliases"
        )


def _describe_faults(found: Checked, sources: Sources) -> None:
    """Faults of the boundaries that nobody mended, of each kind the first few."""
    if sources.faults.empty:
        return
    found.lines.append(
        f"Faults of the boundaries, not mended (they can take or add neighbours): "
        f"{len(sources.faults)}"
    )
    for problem, rows in sources.faults.groupby("problem", sort=False):
        who = named(f"{sources.names.get(r.key, r.key)} ({r.detail})" for r in _rows(rows))
        found.lines.append(f"  {problem}: {who}")
    found.lines.append("  mend them with shapes.repair, or look at them with analysis.maps.faults")


def _describe_sample(found: Checked, sources: Sources, file: StudyFile) -> Data:
    """Give the sample as weights need it; where it cannot be drawn, all units with a polygon."""
    plan, time = file.plan, file.plan.table.time
    found.lines.append("Sample:")
    choice = found.attempt(lambda: choose_units(sources, plan))
    if choice is None:
        return _with_polygon(sources.table, sources.table, sources, file)
    for row in _rows(choice.left_out):
        name = sources.names.get(row.unit, row.unit)
        found.lines.append(f"  left out: {name} ({row.reason})")
    filled = found.attempt(lambda: fill_gaps(sources.table, plan))
    table = sources.table if filled is None else filled[0]
    if filled is not None and len(filled[1]):
        found.lines.append(f"  interpolated cells: {len(filled[1])}")
    measured = found.attempt(
        lambda: measure(
            table, plan.measure, unit=KEY, time=time, in_sample=choice.rows, names=sources.names
        )
    )
    sample = (
        found.attempt(lambda: draw_sample(measured.frame, plan, choice, sources.names))
        if measured
        else None
    )
    if sample is None:
        rows = sources.table[choice.rows]
        return _with_polygon(rows, measured.frame if measured else rows, sources, file)
    years = f" × {len(sample.times)} years" if sample.times else ""
    span = f" ({sample.times[0]} to {sample.times[-1]})" if sample.times else ""
    found.lines.append(f"  {len(sample.units)} units{years}{span}, {len(sample.frame)} rows")
    return Data(sample.units, measured.frame, time, sources.names, plan.labels)


def _with_polygon(
    rows: pd.DataFrame, table: pd.DataFrame, sources: Sources, file: StudyFile
) -> Data:
    keys = [str(key) for key in rows[KEY].unique() if key in sources.cities.index]
    return Data(pd.Index(keys), table, file.plan.table.time, sources.names)


def _describe_weights(found: Checked, sources: Sources, file: StudyFile, data: Data) -> None:
    names, sections = sources.names, file.plan.weights
    for name, weighted in build_weights(sections, sources.cities, data, file.base, Parts()).items():
        found.lines.append(f"Weights {name}: {weighted.labels['en']}")
        facts = (
            f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}"
            for k, v in weighted.description.items()
        )
        found.lines.append(f"  {named(facts, 20)}")
        if weighted.isolates:
            found.lines.append(
                f"  without a neighbour: {named((names.get(k, k) for k in weighted.isolates), 40)}"
            )
        found.lines += [f"  {note}" for note in weighted.notes]
