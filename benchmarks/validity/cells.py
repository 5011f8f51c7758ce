"""What is simulated: worlds, specifications, covariances."""

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
    Cell("SDM unit", BASE, spatial.SDM(FORMULA, effects="unit")),
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
        "SDM cross-section of 400",
        World(side=20, periods=1, effects=False),
        spatial.SDM(FORMULA),
    ),
    Cell(
        "SDM unbalanced, absent units do not exist",
        BASE,
        spatial.SDM(FORMULA, effects="twoway", missing="absent"),
        missing="absent",
    ),
    Cell(
        "SDM unbalanced, called absent but only unobserved",
        BASE,
        spatial.SDM(FORMULA, effects="twoway", missing="absent"),
        missing="unobserved",
    ),
]

SIZES: list[SizeCell] = []
