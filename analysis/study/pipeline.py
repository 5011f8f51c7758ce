"""Run a study: from its file to a folder of results."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from analysis.study.clustering import Clusters, find_clusters
from analysis.study.crew import workers
from analysis.study.folder import output_folder, probe
from analysis.study.keeping import Parts, kept_in
from analysis.study.measures import check_measures, measure
from analysis.study.mechanisms import explore
from analysis.study.modelling import Models, fit_models
from analysis.study.progress import Progress, Steps
from analysis.study.reading import StudyFile, read_study, resolve_path
from analysis.study.record import make_manifest
from analysis.study.results import Study
from analysis.study.sampling import choose_units, draw_sample, fill_gaps
from analysis.study.screen import check_page
from analysis.study.sensitivity import explore_sensitivity
from analysis.study.shocks import estimate_by_instruments, estimate_shocks
from analysis.study.sources import KEY, input_files, read_sources
from analysis.study.spreading import measure_spread
from analysis.study.suspicious import suspicious_values
from analysis.study.thresholding import find_thresholds
from analysis.study.truth import truth_table
from analysis.study.weighting import build_weights, check_weights, weights_files
from analysis.study.weighting_data import Data
from spatial.running import steady_numbers

__all__ = ["compute", "run"]

PACKAGES = ("analysis", "shapes", "spatial")


def run(
    study: str | Path | Mapping[str, Any],
    out: str | Path = "out",
    *,
    table: str | Path | None = None,
    boundaries: str | Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    jobs: int = 1,
    cluster: str | Any = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Study:
    """Run a study and write its results.

    Parameters
    ----------
    study
        A study file (TOML), or the same as a mapping; relative paths start at the file, or at the
        working folder.
    out
        Folder of the results. They appear when all is done and replace those of an earlier run;
        any other non-empty folder is refused. Its folder .kept holds what is already computed: a
        run into the same folder computes only what changed, or what an interrupted one left open.
    table, boundaries
        Files to read instead of those that the study names.
    overrides
        "section.key" -> value, as --set on the command line.
    jobs
        Processes that fit and draw; the numbers are the same.
    cluster
        Address of a Dask scheduler ("tcp://host:8786"), or a `distributed.Client`: its workers fit,
        and `jobs` processes here draw. The numbers are the same.
    fresh
        Whether to compute everything again.
    progress
        Called with (what is done, stages done, stages).

    Returns
    -------
    Study
        Everything that was found; `out` holds report.html, tables/, maps/, figures/, layers.gpkg,
        results.json, manifest.json, study.resolved.toml and captions.md.

    Raises
    ------
    InputError
        Of `spatial` or `shapes`: whatever is wrong with study, data or output folder, in one
        sentence.

    Examples
    --------
    >>> analysis.run("study.toml", out="out").effects  # doctest: +SKIP
    """
    from analysis.study.writing import write_results

    target = Path(out).absolute()
    steps = Steps(progress)
    file = read_study(study, overrides=overrides, table=table, boundaries=boundaries)
    check_measures(file.plan.measure)
    check_weights(file.plan.weights)
    check_page(file.plan)
    probe(target)
    given = dict(overrides or {})
    with workers(jobs, cluster) as crew, kept_in(target, fresh=fresh) as store:
        parts = Parts(steps, crew, store)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = compute(file, target, given, steps, parts=parts)
        found = _with_warnings(found, caught)
        with output_folder(target) as folder:
            write_results(found, folder, jobs=jobs, parts=parts)
    return found


def compute(
    file: StudyFile,
    out: Path,
    overrides: Mapping[str, Any],
    steps: Steps,
    jobs: int = 1,
    parts: Parts | None = None,
) -> Study:
    """Everything but writing: read, measure, sample, weigh, fit, find clusters."""
    with steady_numbers():
        return _computed(file, out, overrides, parts or Parts(steps, jobs))


def _computed(file: StudyFile, out: Path, overrides: Mapping[str, Any], parts: Parts) -> Study:
    plan, time, steps = file.plan, file.plan.table.time, parts.steps
    steps("reading", plan.study.title)
    sources = read_sources(file, parts)
    parts.remember(sources.cities, sources.lines)
    manifest = _manifest(file, overrides)
    choice = choose_units(sources, plan)
    suspicious = suspicious_values(sources.table, KEY, time)
    table, filled = fill_gaps(sources.table, plan)
    steps("measures", ", ".join(plan.measure))
    given: dict[str, Any] = {
        "unit": KEY,
        "time": time,
        "in_sample": choice.rows,
        "names": sources.names,
    }
    measured = parts(
        "measures", (table, plan.measure, given), partial(measure, table, plan.measure, **given)
    )
    sample = draw_sample(measured.frame, plan, choice, sources.names)
    steps("weights", ", ".join(plan.weights))
    data = Data(sample.units, measured.frame, time, sources.names, plan.labels)
    weights = build_weights(plan.weights, sources.cities, data, file.base, parts)
    parts.refer({name: one.graph for name, one in weights.items()}, sample.model_data)
    steps("models", plan.model.formula if plan.model else "")
    seed = plan.study.seed
    models: Models | None = None
    if plan.model:
        models = fit_models(
            plan.model, sample.model_data, weights, seed=seed, parts=parts, cities=sources.cities
        )
    steps("autocorrelation")
    main = weights[str(plan.main_weights)].graph if plan.main_weights else None
    clusters: Clusters | None = None
    if plan.autocorrelation is not None and main is not None:
        clusters = find_clusters(
            plan.autocorrelation, plan.model, sample.data, main, seed=seed, parts=parts
        )
    spread = (
        measure_spread(plan.distribution, sample.data, main, plan.autocorrelation, parts=parts)
        if plan.distribution
        else None
    )
    thresholds = find_thresholds(
        plan.thresholds, plan.model, sample.model_data, main, seed=seed, parts=parts,
        cities=sources.cities,
    )  # fmt: skip
    mechanisms = explore(
        plan, models, sample, measured.frame, main, parts=parts, cities=sources.cities
    )
    shocks = estimate_shocks(
        plan.did, plan.model, sample.model_data, weights, seed=seed, parts=parts,
        cities=sources.cities,
    )  # fmt: skip
    instrumented = estimate_by_instruments(
        plan.instruments,
        plan.model,
        models,
        sample.model_data,
        main,
        parts=parts,
        cities=sources.cities,
    )
    steps("robustness")
    sensitivity = explore_sensitivity(
        file, models, sample, weights, sources, clusters, mechanisms, parts
    )
    return Study(
        out=out, plan=plan, sources=sources, measured=measured, sample=sample, filled=filled,
        suspicious=suspicious, weights=weights, models=models, clusters=clusters,
        truth=truth_table(file, models, mechanisms), warnings=measured.warnings,
        manifest=manifest | {"parts": parts.record()}, spread=spread, thresholds=thresholds,
        shocks=shocks, instrumented=instrumented, mechanisms=mechanisms, sensitivity=sensitivity,
    )  # fmt: skip


def _manifest(file: StudyFile, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs with their hashes, files of weights among them."""
    plan = file.plan
    further = {
        f"weights {name}": resolve_path(file.base, path)
        for name, path in weights_files(plan.weights)
    }
    return make_manifest(
        input_files(file) | {what: path for what, path in further.items() if path.is_file()},
        seed=plan.study.seed,
        packaged=plan.boundaries.file == "china",
        overrides=overrides,
    )


def _with_warnings(found: Study, caught: list[warnings.WarningMessage]) -> Study:
    """Take the toolkit's own warnings into the report; others go on as they came."""
    ours = [item for item in caught if item.category.__module__.partition(".")[0] in PACKAGES]
    for item in caught:
        if item not in ours:
            warnings.warn_explicit(item.message, item.category, item.filename, item.lineno)
    said = dict.fromkeys([*found.warnings, *(str(item.message) for item in ours)])
    return replace(found, warnings=tuple(said))
