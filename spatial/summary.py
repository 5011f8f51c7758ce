"""A fit as text: formats what the tables hold and computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from spatial.fit import Fit

__all__ = ["summary_text"]

WIDTH = 84
CORRECTIONS = {
    "lee-yu": "Lee and Yu (2010)",
    "past": "Yu, de Jong and Lee",
    "dof": "degrees of freedom",
    "analytical": "after estimation",
    None: "none",
}


def summary_text(fit: Fit) -> str:
    """Model, coefficients, effects and notes in a fixed width."""
    head = fit.glance().iloc[0]
    correction = CORRECTIONS["past" if fit.past_corrected else fit.bias_correction]
    lines = [
        f"{fit.kind}: {fit.model.formula}",
        "=" * WIDTH,
        _pair("Outcome", fit.outcome, "Observations", f"{fit.nobs}"),
        _pair("Effects", fit.model.effects, "Units × times", f"{head.n_units} × {head.n_times}"),
        *_quality(fit, correction),
        f"Weights: {fit.weights_label}",
    ]
    for name, (low, high) in (("rho", fit.rho_interval), ("lambda", fit.lambda_interval)):
        if name in fit.params.index:
            lines.append(f"Admissible interval of {name}: ({low:.4g}, {high:.4g})")
    lines += [*_components(fit), *_instruments(fit)]
    lines += ["-" * WIDTH, *_table(fit.tidy(), "term"), "-" * WIDTH, *_effects(fit), "=" * WIDTH]
    return "\n".join(lines + [f"Note: {note}" for note in fit.notes])


def _quality(fit: Fit, correction: str) -> list[str]:
    """How it was estimated and how well it fits; estimates by instruments have no likelihood."""
    errors, variance, share = fit.cov_kind, f"{fit.sigma2:.6g}", f"{fit.rsquared:.4f}"
    if fit.model.estimator == "gmm":
        return [
            _pair("Estimator", "two-stage least squares", "Standard errors", errors),
            _pair("sigma²", variance, "R²", share),
        ]
    return [
        _pair("Bias correction", correction, "Of the likelihood", f"{fit.likelihood_nobs}"),
        _pair("Standard errors", errors, "Log-likelihood", f"{fit.loglik:.3f}"),
        _pair("sigma²", variance, "AIC", f"{fit.aic:.3f}"),
        _pair("R²", share, "BIC", f"{fit.bic:.3f}"),
    ]


def _components(fit: Fit) -> list[str]:
    """Variances of random effects."""
    if fit.model.effects != "random":
        return []
    found = fit.variance_components.loc["unit"]
    error: str = "" if pd.isna(found.std_error) else f" (std.err. {found.std_error:.4g})"
    return [
        f"Variance of unit effects: {found.variance:.6g}{error}, {100 * found['share']:.1f} % of "
        "the total"
    ]


def _instruments(fit: Fit) -> list[str]:
    """Strength and validity of the instruments, where regressors are endogenous."""
    if fit.model.estimator != "gmm" or not (fit.model.endogenous or "rho" in fit.params.index):
        return []
    stages = fit.first_stage()
    strength = ", ".join(
        f"{row.term} {row.conditional_f:.1f}" for row in stages.itertuples(index=False)
    )
    test = fit.instrument_tests().iloc[0]
    lines = [f"Conditional first-stage F: {strength}"]
    if test.df:
        name = f"Over-identification ({str(test.test).capitalize()})"
        lines.append(f"{name}: {test.statistic:.3f}, df {test.df}, p {test.p_value:.3f}")
    return lines


def _effects(fit: Fit) -> list[str]:
    low, high = fit.rho_interval
    if not low < fit.params.get("rho", 0.0) < high:
        return ["No effects: rho lies outside its interval."]
    effects = fit.effects()
    run = effects["horizon"] + " run, " if "horizon" in effects.columns else ""
    effects.insert(0, "name", run + effects["effect"] + " " + effects["term"])
    return _table(effects, "name")


def _pair(left: str, value: str, right: str, other: str) -> str:
    """Two entries beside each other, or below each other where one is long."""
    first, second = f"{left + ':':<17}{value}", f"{right + ':':<20}{other:>22}"
    if len(first) < WIDTH // 2 and len(second) <= WIDTH // 2:
        return f"{first:<{WIDTH // 2}}{second}"
    return f"{first}\n{right + ':':<17}{other}"


def _table(frame: pd.DataFrame, label: str) -> list[str]:
    wide = max([26, *(len(str(name)) for name in frame[label])])
    rows = [f"{'':<{wide}}{'estimate':>11}{'std.err.':>10}{'z':>8}{'p':>7}{'95 % interval':>22}"]
    for _, row in frame.iterrows():
        interval = f"[{row.conf_low:.4g}, {row.conf_high:.4g}]"
        rows.append(
            f"{row[label]!s:<{wide}}{row.estimate:>11.5g}{row.std_error:>10.4g}{row.statistic:>8.2f}{row.p_value:>7.3f}{interval:>22}"
        )
    return rows
