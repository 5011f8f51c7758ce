"""The main model as formulas, and how it was estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.report.blocks import Block, Bullets, Code, Text
from analysis.report.words import Words
from analysis.tables.covariances import covariance_words

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["effect_formulas", "equations", "method"]


def method(study: Study, words: Words) -> list[Block]:
    """Equation of the main model, its effects, its likelihood and its covariance."""
    if study.models is None:
        return []
    fit = study.models.main.fit
    lines = [words("method.effect", formula=effect_formulas(fit)[0])]
    lines += [words("method.long", formula=formula) for formula in effect_formulas(fit)[1:]]
    if _unbalanced(fit):
        lines.append(words("method.unbalanced", logdet=_logdet(fit)))
    lines.append(words("method.ml", count=fit.likelihood_nobs))
    lines += _correction(fit, words)
    kind = covariance_words(fit.cov_kind, words.lang, study.label)
    lines.append(words("method.cov", kind=kind))
    return [Text(words("method.model")), *map(Code, equations(fit)), Bullets(lines)]


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
    lag_y, past = "rho" in fit.params.index, tuple(fit.model.dynamic or ())
    short = f"(I − ρW)⁻¹({own})" if lag_y else own
    if not past:
        return [short]
    one = "(1 − τ)I" if "y" in past else "I"
    feedback = ["ρ"] * lag_y + ["η"] * ("Wy" in past)
    ahead = f" − {'(ρ + η)' if len(feedback) == 2 else feedback[0]}W" if feedback else ""
    return [short, f"[{one}{ahead}]⁻¹({own})"]


def _lags_x(fit: Any) -> bool:
    """Whether some regressor enters with its lag."""
    return any(name.startswith("W.") and not name.startswith("W.L.") for name in fit.params.index)


def _unbalanced(fit: Any) -> bool:
    """Whether the years have different units."""
    return fit.times is not None and fit.nobs < len(fit.units) * len(fit.times)


def _logdet(fit: Any) -> str:
    signs = [sign for name, sign in (("rho", "ρ"), ("lambda", "λ")) if name in fit.params.index]
    return " + ".join(f"Σ_t ln|I − {sign}W_t|" for sign in signs) or "0"


def _correction(fit: Any, words: Words) -> list[str]:
    """How the effects were dealt with."""
    if fit.model.effects == "none":
        return []
    if fit.model.effects == "random":
        return [words("method.random")]
    if fit.past_corrected:
        return [words("method.past")]
    return [words(f"method.{fit.bias_correction or 'no'}")]
