"""The sections of a report, from the results of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.report import inputs, outputs
from analysis.report.blocks import Block, Bullets, Code, Section, Text
from analysis.report.choosing import choosing
from analysis.report.findings import cluster_findings, effect_findings, flow_findings
from analysis.report.parts import grid, said, span, study_period
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.study.results import Study
    from analysis.study.schema import Autocorrelation

__all__ = ["Exhibits", "by_chance", "sections"]

REFERENCES = {
    "model": (
        "LeSage, J. and Pace, R. K. (2009). Introduction to Spatial Econometrics. CRC Press.",
        "Elhorst, J. P. (2014). Spatial Econometrics: From Cross-Sectional Data to Spatial "
        "Panels. Springer.",
    ),
    "lee-yu": (
        (
            "Lee, L. and Yu, J. (2010). Estimation of spatial autoregressive panel data models "
            "with fixed effects. "
            "Journal of Econometrics 154(2), 165–185."
        ),
    ),
    "clusters": (
        "Anselin, L. (1995). Local indicators of spatial association – LISA. Geographical "
        "Analysis 27(2), 93–115.",
    ),
    "bilisa": (
        (
            "Lee, S.-I. (2001). Developing a bivariate spatial association measure. Journal of "
            "Geographical Systems 3, "
            "369–385."
        ),
    ),
}

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
        "clustering": _exhibits_alone,
        "choosing": choosing,
        "models": _exhibits_alone,
        "effects": _exhibits_alone,
        "spillovers": outputs.spillovers,
        "truth": outputs.truth,
        "notes": outputs.notes,
        "limits": _limits,
        "references": _references,
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
    asked = words(
        "asked",
        focus=words.listed([f"“{study.label(term)}”" for term in study.models.by_unit]),
        outcome=study.label(main.fit.outcome),
        kind=main.kind,
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
    return [Bullets(sentences)] if sentences else []


def _limits(study: Study, words: Words) -> list[Block]:
    items = [words("limit.synthetic")] if study.plan.study.synthetic else []
    if study.models:
        items += [words("limit.causal"), words("limit.weights")]
    if study.clusters and study.plan.autocorrelation:
        section, count = study.plan.autocorrelation, len(study.sample.units)
        plain = section.correction == "none"
        values = {"count": count, "alpha": section.alpha, "expected": by_chance(section, count)}
        items.append(
            words("limit.local", **values) if plain else words("limit.local_corrected", count=count)
        )
        items += [words("limit.bivariate")] if study.clusters.bilisa else []
    return [Bullets([*items, words("limit.boundaries")])]


def by_chance(section: Autocorrelation, count: int) -> str:
    """How many units a local test marks where nothing clusters; a folded p is half a two-sided."""
    expected = section.alpha * count * (2 if section.alternative == "folded" else 1)
    return f"{expected:.0f}" if expected >= 1 else f"{expected:.1g}"


def _references(study: Study, _: Words) -> list[Block]:
    keys = []
    if study.models:
        keys.append("model")
        keys += ["lee-yu"] if study.models.main.fit.bias_correction else []
    if study.clusters:
        keys += ["clusters", *(["bilisa"] if study.clusters.bilisa else [])]
    return [Bullets([line for key in keys for line in REFERENCES[key]])] if keys else []


def _reproduce(study: Study, words: Words) -> list[Block]:
    manifest = study.manifest
    rows = [
        (
            words(f"input.{item['what']}"),
            said(item["name"], words),
            f"{item['sha256'][:16]}…" if item["sha256"] else "–",
        )
        for item in manifest["inputs"]
    ]
    versions = words.listed(
        [f"{name} {number}" for name, number in manifest["versions"].items() if number]
    )
    return [
        Text(words("repro_intro")),
        Text(words("time_line", time=manifest["made_at"], seed=manifest["seed"])),
        grid("", (words("entry"), words("file"), "SHA-256"), rows, words),
        Text(words("versions", names=versions)),
    ]
