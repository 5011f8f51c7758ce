"""What is simulated: worlds, specifications, covariances."""

from functools import partial

import pandas as pd
import spatial
from coverage import FORMULA, Cell
from sizes import SizeCell
from worlds import World

BASE = World()
NO_THETA = (0.0, 0.0)

COVERAGE = [
    Cell("SDM two-way", BASE, spatial.SDM(FORMULA, effects="twoway"), ("expected", "observed")),
    Cell(
        "SDM two-way, dummies without correction",
        BASE,
        spatial.SDM(FORMULA, effects="twoway", bias_correction=None),
    ),
    Cell(
        "SDM two-way, published convention",
        BASE,
        spatial.SDM(FORMULA, effects="twoway", convention="published"),
    ),
    Cell("SDM unit", World(years=False), spatial.SDM(FORMULA, effects="unit")),
    Cell(
        "SAR two-way",
        World(theta=NO_THETA),
        spatial.SAR(FORMULA, effects="twoway"),
    ),
    Cell(
        "SEM two-way",
        World(rho=0.0, lam=0.4, theta=NO_THETA),
        spatial.SEM(FORMULA, effects="twoway"),
        ("expected", "observed"),
    ),
    Cell("SDEM two-way", World(rho=0.0, lam=0.4), spatial.SDEM(FORMULA, effects="twoway")),
    Cell(
        "SAC two-way",
        World(lam=0.3, theta=NO_THETA),
        spatial.SAC(FORMULA, effects="twoway"),
        ("expected", "observed"),
    ),
    Cell("GNS two-way", World(lam=0.3), spatial.GNS(FORMULA, effects="twoway")),
    Cell(
        "GNS two-way, 400 units",
        World(side=20, lam=0.3),
        spatial.GNS(FORMULA, effects="twoway"),
    ),
    Cell(
        "SDM cross-section of 400",
        World(side=20, periods=1, effects=False),
        spatial.SDM(FORMULA),
    ),
    Cell(
        "SDM unbalanced, absent units do not exist (10 %)",
        BASE,
        spatial.SDM(FORMULA, effects="twoway", missing="absent"),
        missing="absent",
        share=0.1,
    ),
    Cell(
        "SDM unbalanced, called absent but only unobserved (20 %)",
        BASE,
        spatial.SDM(FORMULA, effects="twoway", missing="absent"),
        missing="unobserved",
    ),
    Cell(
        "SDM unbalanced, unobserved units dropped (3 % of rows lost)",
        BASE,
        spatial.SDM(FORMULA, effects="twoway", missing="drop_units"),
        missing="unobserved",
        share=0.03,
    ),
    Cell(
        "SDM two-way, skewed errors",
        World(errors="skewed"),
        spatial.SDM(FORMULA, effects="twoway"),
        ("expected", "robust"),
    ),
    Cell(
        "SDM two-way, unequal variances",
        World(errors="unequal"),
        spatial.SDM(FORMULA, effects="twoway"),
        ("expected", "robust", ("cluster", ("by", "unit"))),
    ),
    Cell(
        "SDM dynamic two-way",
        World(periods=12, tau=0.3, eta=0.1),
        spatial.SDM(FORMULA, effects="twoway", dynamic=("y", "Wy")),
    ),
    Cell(
        "SDM dynamic two-way, not corrected",
        World(periods=12, tau=0.3, eta=0.1),
        spatial.SDM(FORMULA, effects="twoway", dynamic=("y", "Wy"), bias_correction=None),
    ),
    Cell(
        "SAR random effects",
        World(theta=NO_THETA, random=True),
        spatial.SAR(FORMULA, effects="random"),
    ),
    Cell(
        "SAR by two-stage least squares, two-way",
        World(theta=NO_THETA),
        spatial.SAR(FORMULA, effects="twoway", estimator="gmm"),
        ("default",),
    ),
]


def lm(effects, data, graph):
    """The five tests, and those for the lag of regressors, on least squares."""
    first = spatial.lm_tests(FORMULA, data, graph, effects=effects)
    second = spatial.durbin_tests(FORMULA, data, graph, effects=effects)
    both = pd.concat([first, second])
    return dict(zip(both["test"], both["p_value"], strict=True))


def durbin_or_lag(data, graph):
    full = spatial.SDM(FORMULA, effects="twoway").fit(data, graph)
    lag = spatial.SAR(FORMULA, effects="twoway").fit(data, graph)
    return {
        "LR, SDM against SAR": spatial.lr_test(lag, full)["p_value"],
        "Wald, SDM against SAR": spatial.wald_test(full, "sar")["p_value"],
    }


def durbin_or_error(data, graph):
    full = spatial.SDM(FORMULA, effects="twoway").fit(data, graph)
    error = spatial.SEM(FORMULA, effects="twoway").fit(data, graph)
    return {
        "LR, SDM against SEM": spatial.lr_test(error, full)["p_value"],
        "Wald, SDM against SEM": spatial.wald_test(full, "sem")["p_value"],
    }


def residuals(data, graph):
    """Time effects would make cross-sections dependent: CD is for models without them."""
    twoway = spatial.OLS(FORMULA, effects="twoway").fit(data, graph)
    unit = spatial.OLS(FORMULA, effects="unit").fit(data, graph)
    return {
        "Moran of residuals, two-way": spatial.residual_moran(twoway)["p_value"],
        "Moran of residuals, unit": spatial.residual_moran(unit)["p_value"],
        "Pesaran CD, unit": spatial.pesaran_cd(unit)["p_value"],
    }


def fixed_or_random(data, graph):
    fixed = spatial.SAR(FORMULA, effects="unit").fit(data, graph)
    random = spatial.SAR(FORMULA, effects="random").fit(data, graph)
    return {"Hausman, fixed against random": spatial.hausman(fixed, random)["p_value"]}


PLAIN = World(rho=0.0, theta=NO_THETA)
SIZES = [
    SizeCell("least squares, two-way", PLAIN, partial(lm, "twoway")),
    SizeCell(
        "least squares, unit",
        World(rho=0.0, theta=NO_THETA, periods=5, years=False),
        partial(lm, "unit"),
    ),
    SizeCell(
        "least squares, cross-section of 225",
        World(side=15, periods=1, effects=False, rho=0.0, theta=NO_THETA),
        partial(lm, "none"),
    ),
    SizeCell("lag model, two-way", World(theta=NO_THETA), durbin_or_lag),
    SizeCell("error model, two-way", World(rho=0.0, lam=0.4, theta=NO_THETA), durbin_or_error),
    SizeCell("residuals of least squares", World(rho=0.0, theta=NO_THETA, years=False), residuals),
    SizeCell("lag model, random effects", World(theta=NO_THETA, random=True), fixed_or_random),
]
