"""The main model as formulas, and how it was estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.report.blocks import Block, Bullets, Formula, Text
from analysis.report.words import Words
from analysis.tables.covariances import covariance_words

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["autocorrelation", "effect_formulas", "equations", "log_likelihood", "method"]


def method(study: Study, words: Words) -> list[Block]:
    """Equation of the main model, its effects, its likelihood and its covariance."""
    if study.models is None:
        return []
    fit = study.models.main.fit
    blocks: list[Block] = [Text(words("method.model")), *map(Formula, equations(fit))]
    blocks.append(Text(_symbols(fit, words)))
    short, *long = effect_formulas(fit)
    blocks += [Text(words("method.effect")), Formula(f"S_k = ∂y/∂x_k′ = {short}")]
    if _lags_y(fit) or _lags_x(fit):
        blocks += [Text(words("method.means")), *_means(words)]
    for formula in long:
        blocks += [Text(words("method.long")), Formula(f"S_k = {formula}")]
    lines = [words("method.unbalanced")] if _unbalanced(fit) else []
    blocks += [Text(" ".join([words("method.ml", count=fit.likelihood_nobs), *lines]))]
    blocks += [Formula(likelihood)] if (likelihood := log_likelihood(fit)) else []
    kind = covariance_words(fit.cov_kind, words.lang, study.label)
    return [*blocks, Bullets([*_correction(fit, words), words("method.cov", kind=kind)])]


def autocorrelation(study: Study, words: Words) -> list[Block]:
    """Formulas of global and local Moran's I."""
    if study.clusters is None or not study.clusters.moran:
        return []
    return [
        Text(words("method.moran")),
        Formula("I = {n}/{S_0} {Σ_i Σ_j w_{ij} z_i z_j}/{Σ_i z_i²}"),
        Formula("I_i = {z_i Σ_j w_{ij} z_j}/{m_2}"),
    ]


def _means(words: Words) -> list[Block]:
    direct, indirect = (words(f"method.{key}") for key in ("direct", "indirect"))
    return [
        Formula(f"{direct} = {{1}}/{{N}} tr S_k"),
        Formula(f"{indirect} = {{1}}/{{N}} ι′S_k ι − {{1}}/{{N}} tr S_k"),
    ]


def log_likelihood(fit: Any) -> str:
    """What is maximised, with its numbers of observations and periods; empty for random effects.

    With the transformations of Lee and Yu (2010) each log-determinant counts T − 1 periods, and
    over units the root of one leaves it.
    """
    if fit.model.effects == "random":
        return ""
    logdet = _logdet(fit) if _unbalanced(fit) else _logdet_of_periods(fit)
    if logdet is None:
        return ""
    middle = f" + {logdet}" if logdet else ""
    return f"ln L = −{{n}}/{{2}} ln(2πσ²){middle} − {{ε′ε}}/{{2σ²}}"


def _logdet_of_periods(fit: Any) -> str | None:
    """Log-determinants of a balanced panel or a cross-section; None where they are not known."""
    units, times = len(fit.units), 1 if fit.times is None else len(fit.times)
    ways = {
        units * times: (times, False),
        units * (times - 1): (times - 1, False),
        (units - 1) * times: (times, True),
        (units - 1) * (times - 1): (times - 1, True),
    }
    if fit.likelihood_nobs not in ways:
        return None
    periods, centred = ways[fit.likelihood_nobs]
    head = "" if periods == 1 else f"{periods} "
    parts = []
    for name, sign in (("rho", "ρ"), ("lambda", "λ")):
        if name in fit.params.index:
            one = f"ln|I − {sign}W|"
            parts.append(f"{head}[{one} − ln(1 − {sign})]" if centred else f"{head}{one}")
    return " + ".join(parts)


def _symbols(fit: Any, words: Words) -> str:
    """What the signs of the equations stand for, those that are there."""
    text = " ".join(equations(fit))
    signs = ["X", "W", "ρ", "λ", "θ", "τ", "η", "μ", "α"]
    there = [sign for sign in signs if sign in text]
    return words("method.where", signs=words.clauses([words(f"sign.{sign}") for sign in there]))


def equations(fit: Any) -> list[str]:
    """Equation of y, and that of the error where it has a lag or holds a random effect.

    Examples
    --------
    A spatial error model with unit effects::

        equations(sem)  # ["y_t = X_t β + μ + u_t", "u_t = λ W u_t + ε_t"]
    """
    model, t = fit.model, "" if fit.times is None else "_t"
    w = f"W{t}" if _unbalanced(fit) else "W"
    past = tuple(model.dynamic or ())
    lag_error = "lambda" in fit.params.index
    inside = lag_error and model.effects == "random" and model.error_component == "inside"
    parts = ["τ y(t−1)"] * ("y" in past) + [f"η {w} y(t−1)"] * ("Wy" in past)
    parts += [f"ρ {w} y{t}"] * ("rho" in fit.params.index)
    parts += [f"X{t} β", *[f"{w} X{t} θ"] * _lags_x(fit)]
    parts += ["μ"] * (model.effects in ("unit", "twoway", "random") and not inside)
    parts += ["α_t ι"] * (model.effects in ("time", "twoway"))
    error = f"u{t}" if lag_error else f"ε{t}"
    lines = [f"y{t} = {' + '.join([*parts, error])}"]
    if lag_error:
        lines.append(f"u{t} = λ {w} u{t} + {'μ + ' if inside else ''}ε{t}")
    return lines


def effect_formulas(fit: Any) -> list[str]:
    """∂y/∂x_k′, and of a dynamic model that of its long run."""
    own = "β_k I + θ_k W" if _lags_x(fit) else "β_k I"
    lag_y, past = _lags_y(fit), tuple(fit.model.dynamic or ())
    short = f"(I − ρW)⁻¹({own})" if lag_y else own
    if not past:
        return [short]
    one = "(1 − τ)I" if "y" in past else "I"
    feedback = ["ρ"] * lag_y + ["η"] * ("Wy" in past)
    ahead = f" − {'(ρ + η)' if len(feedback) == 2 else feedback[0]}W" if feedback else ""
    return [short, f"[{one}{ahead}]⁻¹({own})"]


def _lags_y(fit: Any) -> bool:
    """Whether the outcome enters with its lag."""
    return "rho" in fit.params.index


def _lags_x(fit: Any) -> bool:
    """Whether some regressor enters with its lag."""
    return any(name.startswith("W.") and not name.startswith("W.L.") for name in fit.params.index)


def _unbalanced(fit: Any) -> bool:
    """Whether the years have different units."""
    return fit.times is not None and fit.nobs < len(fit.units) * len(fit.times)


def _logdet(fit: Any) -> str:
    """Log-determinants where the years have different units."""
    signs = [sign for name, sign in (("rho", "ρ"), ("lambda", "λ")) if name in fit.params.index]
    return " + ".join(f"Σ_t ln|I − {sign}W_t|" for sign in signs)


def _correction(fit: Any, words: Words) -> list[str]:
    """How the effects were dealt with."""
    if fit.model.effects == "none":
        return []
    if fit.model.effects == "random":
        return [words("method.random")]
    if fit.past_corrected:
        return [words("method.past")]
    return [words(f"method.{fit.bias_correction or 'no'}")]
