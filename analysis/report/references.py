"""The works that a report cites, by the part of the study that rests on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.report.blocks import Block, Bullets
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["references"]

REFERENCES = {
    "model": (
        "LeSage, J. and Pace, R. K. (2009). Introduction to Spatial Econometrics. CRC Press.",
        "Elhorst, J. P. (2014). Spatial Econometrics: From Cross-Sectional Data to Spatial "
        "Panels. Springer.",
    ),
    "hot_spots": (
        "Getis, A. and Ord, J. K. (1992). The analysis of spatial association by use of distance "
        "statistics. Geographical Analysis 24(3), 189–206.",
        "Ord, J. K. and Getis, A. (1995). Local spatial autocorrelation statistics: distributional "
        "issues and an application. Geographical Analysis 27(4), 286–306.",
    ),
    "past": (
        (
            "Yu, J., de Jong, R. and Lee, L. (2008). Quasi-maximum likelihood estimators for "
            "spatial dynamic panel data with fixed effects when both n and T are large. Journal of "
            "Econometrics 146(1), 118–134."
        ),
    ),
    "random": (
        (
            "Baltagi, B. H., Song, S. H. and Koh, W. (2003). Testing panel data regression models "
            "with spatial error correlation. Journal of Econometrics 117(1), 123–150."
        ),
    ),
    "did": (
        (
            "Borusyak, K., Jaravel, X. and Spiess, J. (2024). Revisiting event-study designs: "
            "robust and efficient estimation. Review of Economic Studies 91(6), 3253–3285."
        ),
        (
            "Delgado, M. S. and Florax, R. J. G. M. (2015). Difference-in-differences techniques "
            "for spatial data: local autocorrelation and spatial interaction. Economics Letters "
            "137, 123–126."
        ),
    ),
    "instruments": (
        (
            "Kelejian, H. H. and Prucha, I. R. (1998). A generalized spatial two-stage least "
            "squares procedure for estimating a spatial autoregressive model with autoregressive "
            "disturbances. Journal of Real Estate Finance and Economics 17(1), 99–121."
        ),
    ),
    "lee-yu": (
        (
            "Lee, L. and Yu, J. (2010). Estimation of spatial autoregressive panel data models "
            "with fixed effects. "
            "Journal of Econometrics 154(2), 165–185."
        ),
    ),
    "claims": (
        "Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling. "
        "Technometrics 24(4), 295–300.",
        "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian "
        "Journal of Statistics 6(2), 65–70.",
    ),
    "mediation": (
        "Imai, K., Keele, L. and Yamamoto, T. (2010). Identification, inference and sensitivity "
        "analysis for causal mediation effects. Statistical Science 25(1), 51–71.",
    ),
    "robustness": (
        "Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020). Specification curve analysis. "
        "Nature Human Behaviour 4, 1208–1214.",
    ),
    "carriers": (
        "LeSage, J. P. (2015). Software for Bayesian cross section and panel spatial model "
        "comparison. Journal of Geographical Systems 17(4), 297–310.",
    ),
    "channels": (
        "江艇 (2022). 因果推断经验研究中的中介效应与调节效应. 中国工业经济 (5), 100–120.",
    ),
    "thresholds": (
        "Hansen, B. E. (1999). Threshold effects in non-dynamic panels: estimation, testing, and "
        "inference. Journal of Econometrics 93(2), 345–368.",
    ),
    "distribution": (
        "Dagum, C. (1997). A new approach to the decomposition of the Gini income inequality "
        "ratio. Empirical Economics 22(4), 515–531.",
        "Rey, S. J. (2001). Spatial empirics for economic growth and convergence. Geographical "
        "Analysis 33(3), 195–214.",
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


def references(study: Study, _: Words) -> list[Block]:
    """Works behind the parts of the study that were run."""
    keys = []
    if study.models:
        keys.append("model")
        fit = study.models.main.fit
        keys += ["lee-yu"] * (fit.bias_correction == "lee-yu") + ["past"] * fit.past_corrected
        keys += ["random"] * (fit.model.effects == "random" and "lambda" in fit.params.index)
    if study.clusters:
        keys += ["clusters", *(["bilisa"] if study.clusters.bilisa else [])]
        keys += ["hot_spots"] if study.clusters.hot_spots else []
    keys += ["channels"] if study.mechanisms.channels else []
    paths = any(len(one.paths) for one in study.mechanisms.channels.values())
    keys += ["mediation"] if paths else []
    keys += ["thresholds"] if study.thresholds else []
    keys += ["distribution"] if study.spread else []
    keys += ["did"] if study.shocks else []
    keys += ["instruments"] if study.instrumented else []
    keys += ["robustness"] if study.sensitivity.curve is not None else []
    keys += ["carriers"] if study.sensitivity.carriers is not None else []
    keys += ["claims"] if study.models and study.plan.claims.essay else []
    return [Bullets([line for key in keys for line in REFERENCES[key]])] if keys else []
