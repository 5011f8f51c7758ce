"""The sections of a report, from the results of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.report import inputs, outputs, sensitivity
from analysis.report.blocks import Block, Bullets, Code, Section, Text
from analysis.report.choosing import choosing
from analysis.report.findings import (
    cluster_findings,
    effect_findings,
    flow_findings,
    spills_over,
)
from analysis.report.mechanisms import channels, groups, mechanism_findings, moderators
from analysis.report.method import autocorrelation, method
from analysis.report.parts import grid, of_models, said, span, study_period
from analysis.report.references import references
from analysis.report.shocks import instrument_findings, instruments, shock_findings, shocks
from analysis.report.spreading import (
    distribution,
    spread_findings,
    threshold_findings,
    thresholds,
)
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.study.results import Study
    from analysis.study.schema import Autocorrelation

__all__ = ["Exhibits", "by_chance", "sections"]

Exhibits = Mapping[str, Sequence[Block]]


def sections(study: Study, exhibits: Exhibits) -> list[Section]:
    """Sections in their order; those without content are left out.

    Parameters
    ----------
    study
        Results.
    exhibits
        Numbered figures and tables by section.
    """
    words = Words(study.plan.study.lang)
    builders = {
        "question": _question,
        "findings": _findings,
        "data": inputs.data,
        "measures": inputs.measures,
        "weights": inputs.weights,
        "clustering": autocorrelation,
        "choosing": choosing,
        "models": method,
        "effects": _exhibits_alone,
        "spillovers": outputs.spillovers,
        "instruments": instruments,
        "shocks": shocks,
        "channels": channels,
        "moderators": moderators,
        "groups": groups,
        "thresholds": thresholds,
        "distribution": distribution,
        "robustness": sensitivity.robustness,
        "decay": sensitivity.decay,
        "carriers": sensitivity.carriers,
        "profiles": sensitivity.profiles,
        "truth": outputs.truth,
        "notes": outputs.notes,
        "limits": _limits,
        "claims": _exhibits_alone,
        "references": references,
        "reproduce": _reproduce,
    }
    made = []
    for anchor, build in builders.items():
        blocks = [*build(study, words), *exhibits.get(anchor, ())]
        if blocks:
            made.append(Section(anchor, words(anchor), blocks))
    return made


def _exhibits_alone(_: Study, __: Words) -> list[Block]:
    """Sections that consist of their figures and tables."""
    return []


def _question(study: Study, words: Words) -> list[Block]:
    if study.models is None:
        columns = words.listed(
            [study.label(c) for c in (study.clusters.moran if study.clusters else ())]
        )
        label = (
            study.weights[str(study.plan.main_weights)].labels[words.lang]
            if study.plan.main_weights
            else "–"
        )
        return (
            [
                Text(
                    words(
                        "asked_clusters",
                        columns=columns,
                        weights=label,
                        period=study_period(study, words),
                    )
                )
            ]
            if columns
            else []
        )
    main = study.models.main
    spills = any(spills_over(main.effects, term) for term in study.models.by_unit)
    kind = words("kind.dynamic", kind=main.kind) if main.fit.model.dynamic else main.kind
    asked = words(
        "asked" if spills else "asked_here",
        focus=words.listed([f"“{study.label(term)}”" for term in study.models.by_unit]),
        outcome=study.label(main.fit.outcome),
        kind=kind,
        effects=words(f"effects.{main.fit.model.effects}"),
        weights=study.weights[main.weights].labels[words.lang],
        period=span([] if main.fit.times is None else list(main.fit.times), words),
    )
    return [Text(asked), Code(main.fit.model.formula)]


def _findings(study: Study, words: Words) -> list[Block]:
    decimals = study.plan.tables.decimals
    sentences = []
    if study.models:
        sentences += effect_findings(study.models, study.label, words, decimals)
        for found in flow_findings(
            study.models, study.label, study.place, words, decimals
        ).values():
            sentences += found
    if study.clusters:
        for found in cluster_findings(study.clusters, study.label, words, decimals).values():
            sentences += found
    sentences += [*instrument_findings(study, words), *shock_findings(study, words)]
    sentences += mechanism_findings(study, words)
    sentences += [*threshold_findings(study, words), *spread_findings(study, words)]
    sentences += sensitivity.sensitivity_findings(study, words)
    return [Bullets(sentences)] if sentences else []


def _limits(study: Study, words: Words) -> list[Block]:
    items = [words("limit.synthetic")] if study.plan.study.synthetic else []
    if study.models:
        items += [words("limit.causal"), *_limits_of_models(study, words)]
    if study.clusters and study.plan.autocorrelation:
        section, count = study.plan.autocorrelation, len(study.sample.units)
        plain = section.correction == "none"
        values = {"count": count, "alpha": section.alpha, "expected": by_chance(section, count)}
        items.append(
            words("limit.local", **values) if plain else words("limit.local_corrected", count=count)
        )
        items += [words("limit.bivariate")] if study.clusters.bilisa else []
    return [Bullets([*items, words("limit.boundaries")])]


def _limits_of_models(study: Study, words: Words) -> list[str]:
    """What the main model rules out or takes for granted, and what is doubtful in any fit."""
    models = study.models
    if models is None:
        return []
    fit = models.main.fit
    spills = any(spills_over(models.main.effects, term) for term in models.by_unit)
    items = [words("limit.weights" if spills else "limit.no_spillover")]
    if fit.model.effects == "random":
        items.append(words("limit.random"))
    if fit.model.missing == "absent":
        items.append(words("limit.unbalanced"))
    return items + of_models(study, words, lambda fit: fit.doubts)


def by_chance(section: Autocorrelation, count: int) -> str:
    """How many units a local test marks where nothing clusters; a folded p is half a two-sided."""
    expected = section.alpha * count * (2 if section.alternative == "folded" else 1)
    return f"{expected:.0f}" if expected >= 1 else f"{expected:.1g}"


def _reproduce(study: Study, words: Words) -> list[Block]:
    """Command, seed and time, inputs with their hashes, versions."""
    manifest = study.manifest
    rows = [
        (_input(item["what"], words), said(item["name"], words), item["sha256"] or "–")
        for item in manifest["inputs"]
    ]
    versions = words.listed(
        [f"{name} {number}" for name, number in manifest["versions"].items() if number]
    )
    again: list[Block] = []
    if study.command:
        again = [Text(words("repro_command")), Code(study.command)]
    return [
        Text(words("repro_intro")),
        *again,
        Text(words("time_line", time=manifest["made_at"], seed=manifest["seed"])),
        grid(words("inputs"), (words("entry"), words("file"), "SHA-256"), rows, words),
        Text(words("versions", names=versions)),
    ]


def _input(what: str, words: Words) -> str:
    """What an input is, in words; of a file of weights with their name."""
    kind, _, name = what.partition(" ")
    return words(f"input.{kind}", name=name)
