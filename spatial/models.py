"""The family of models.

One specification, three switches (lag of y, lags of x, lag of the error).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from spatial.earlier import check_dynamic, require_past, settle_dynamic
from spatial.errors import InputError
from spatial.fit import Fit, fit_sample
from spatial.formula import check_formula
from spatial.gather import Weights
from spatial.instrumental.options import INSTRUMENTAL, settle
from spatial.panel import Panel
from spatial.random_effects.mundlak import with_unit_means
from spatial.sample import SampleDesign, build_sample
from spatial.sheet import Missing
from spatial.weights.logdet import METHODS, Method
from spatial.within import Effects

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GNS", "OLS", "SAC", "SAR", "SDEM", "SDM", "SEM", "SLX", "Specification"]

EFFECTS = ("none", "unit", "time", "twoway", "random")
COMPONENTS = (None, "inside", "outside")
CORRECTIONS = ("default", "lee-yu", None)
MISSING = (None, "absent", "drop_units")
CONVENTIONS = ("default", "published")


@dataclass(frozen=True)
class Specification:
    """What is to be estimated; holds no data and no numbers.

    Parameters
    ----------
    formula
        "outcome ~ regressor + regressor"; log, exp, sqrt, lag(), I(), C(), `*`, `:` and arithmetic.
    effects
        Fixed effects: "none", "unit", "time" or "twoway"; or "random" unit effects, by maximum
        likelihood, beside which time effects are written as C(year).
    error_component
        Where a random effect stands in a model with a lag of the error: "outside" its filter,
        μ + u with u = λMu + ε (the default; Baltagi, Song and Koh, 2003), or "inside",
        u = λMu + (μ + ε) (Kapoor, Kelejian and Prucha, 2007).
    mundlak
        Adds unit means of the regressors and their lags as columns "mean.x", on which random
        effects may then depend (Mundlak, 1978).
    lagged
        Terms of the formula that also enter as W x; all of them by default.
    bias_correction
        "lee-yu" transforms the effects out (Lee and Yu, 2010), None keeps them as dummies. By
        default "lee-yu" wherever it applies, and `fit.notes` says where it does not.
    missing
        What an absent row of an unbalanced panel means: "absent", the unit does not exist in that
        year, so that the weights are cut to those present (Σ_t ln|I − ρW_t|); "drop_units", it
        exists but was not observed, and units without a row in every year are dropped. Spillovers
        are too small where the units lost, in either way, do exist (benchmarks/validity). Without
        this word an unbalanced panel is refused.
    dynamic
        "y" adds y(t−1), "Wy" adds W y(t−1), both with weights and units of t−1; the first time
        leaves. With unit effects the bias of order 1/T is subtracted (Yu, de Jong and Lee, 2008;
        with time effects after the transformation over units, Lee and Yu, 2010).
    convention
        "published" subtracts the effects before the spatial lag is taken and corrects afterwards,
        as older tables do (Elhorst, 2014): only to compare with one of these.
    estimator
        "ml" or "gmm": spatial two-stage least squares (Kelejian and Prucha, 1998), with a lag of
        the error generalised by the moments of its residuals. "gmm" where instruments are named.
    endogenous
        Terms of the formula that are not exogenous; their spatial lags are not either.
    instruments
        Outside instruments, written like terms of the formula.
    orders
        Highest power of W in the instruments of W y, 1 to 3: W x, W² x (the default), W³ x.
    error_variance
        Which moments give λ: "equal" (the default; Kelejian and Prucha, 1999; Kapoor, Kelejian and
        Prucha, 2007) or "unequal" (Kelejian and Prucha, 2010; Arraiz et al., 2010).
    logdet
        How ln|I − ρW| is found: "eigenvalues" (Ord, 1975), "lu" (sparse factors by SuperLU),
        "cholmod" (by scikit-sparse, for weights that are symmetric up to row scaling) or
        "lanczos" (random probes, whose error `fit.notes` state). "auto" takes the cheapest that is
        exact, and probes only where its factors would not fit into memory.

    Raises
    ------
    InputError
        An argument is not one of those words, or the formula calls what it may not.
    """

    formula: str
    _: KW_ONLY
    effects: Effects | Literal["random"] = "none"
    lagged: Sequence[str] | None = None
    bias_correction: Literal["default", "lee-yu"] | None = "default"
    missing: Missing = None
    error_component: Literal["inside", "outside"] | None = None
    mundlak: bool = False
    dynamic: Sequence[str] = ()
    convention: Literal["default", "published"] = "default"
    estimator: Literal["ml", "gmm"] | None = None
    endogenous: Sequence[str] | None = None
    instruments: Sequence[str] | None = None
    orders: int | None = None
    error_variance: Literal["equal", "unequal"] | None = None
    logdet: Method = "auto"

    kind: ClassVar[str]
    lag_y: ClassVar[bool] = False
    lag_x: ClassVar[bool] = False
    lag_error: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_formula(self.formula)
        if self.effects not in EFFECTS:
            raise InputError(f"effects={self.effects!r}; it is one of {', '.join(EFFECTS)}.")
        if self.bias_correction not in CORRECTIONS:
            raise InputError(f'bias_correction={self.bias_correction!r}; it is "lee-yu" or None.')
        if self.bias_correction == "lee-yu" and self.effects == "none":
            raise InputError(
                'bias_correction="lee-yu" needs fixed effects; leave it out, or set effects=.'
            )
        if self.logdet not in METHODS:
            raise InputError(f"logdet={self.logdet!r}; it is one of {', '.join(METHODS)}.")
        object.__setattr__(self, "dynamic", settle_dynamic(self.dynamic))
        if self.convention not in CONVENTIONS:
            raise InputError(
                f'convention={self.convention!r}; it is "default", or "published" to match a '
                "table that subtracts effects before the spatial lag is taken."
            )
        if self.missing not in MISSING:
            raise InputError(
                f'missing={self.missing!r}; it is "absent" (the unit does not exist in that year) '
                'or "drop_units".'
            )
        if self.lagged is not None:
            if not self.lag_x:
                raise InputError(
                    f"{self.kind} has no spatial lags of regressors; leave lagged= out, or use "
                    "SLX, SDM, SDEM or GNS."
                )
            one = isinstance(self.lagged, str) or not isinstance(self.lagged, Iterable)
            terms = (self.lagged,) if one else tuple(self.lagged)
            if not all(isinstance(term, str) for term in terms):
                raise InputError(
                    f"lagged={self.lagged!r} is no list of terms; give those of the formula."
                )
            object.__setattr__(self, "lagged", terms)
        self._settle_instruments()
        self._require_random()

    def _require_random(self) -> None:
        if self.error_component not in COMPONENTS:
            raise InputError(
                f'error_component={self.error_component!r}; it is "inside" or "outside" the filter '
                "of the error."
            )
        if self.error_component and not (self.effects == "random" and self.lag_error):
            raise InputError(
                "error_component= says where a random effect stands in a model with a lag of the "
                'error; leave it out, or use effects="random" with SEM, SDEM, SAC or GNS.'
            )
        if self.mundlak and self.effects != "random":
            raise InputError('mundlak=True adds unit means beside effects="random"; set both.')
        if self.effects == "random" and self.bias_correction == "lee-yu":
            raise InputError("random effects have no bias correction; leave bias_correction out.")
        if self.effects == "random" and (self.estimator == "gmm" or self.convention != "default"):
            raise InputError(
                'effects="random" is estimated by maximum likelihood; leave estimator="gmm" and '
                "convention= out."
            )

    def _settle_instruments(self) -> None:
        given = {name: getattr(self, name) for name in INSTRUMENTAL}
        settled = settle(given, kind=self.kind, lag_y=self.lag_y, lag_error=self.lag_error)
        for name, value in settled.items():
            object.__setattr__(self, name, value)
        if self.estimator == "gmm" and self.bias_correction == "lee-yu":
            raise InputError(
                'estimator="gmm" needs no bias correction; leave bias_correction="lee-yu" out.'
            )
        if self.estimator == "gmm" and self.convention != "default":
            raise InputError(
                'convention="published" repeats tables of maximum likelihood; leave it out with '
                'estimator="gmm".'
            )

        if self.dynamic:
            check_dynamic(self.effects, self.convention, self.estimator)

    def fit(
        self,
        data: Panel | pd.DataFrame,
        w: Weights,
        *,
        w_error: Weights | None = None,
        w_x: Weights | Mapping[str, Weights] | None = None,
    ) -> Fit:
        """Estimate by maximum likelihood, or with `estimator="gmm"` by instruments.

        Parameters
        ----------
        data
            A `Panel`, or for a cross-section a DataFrame indexed by unit.
        w
            Graph over at least the units of the data, or a mapping from each time to one. Units
            that only it has are cut out, the rest is re-scaled, and an AlignmentWarning names them.
        w_error
            Other weights for the lag of the error.
        w_x
            Other weights for the lags of all regressors, or a mapping from terms to weights.

        Raises
        ------
        InputError
            Units that the graph lacks, missing or infinite values, collinear or absorbed columns,
            an unbalanced panel without `missing`, a likelihood without an inner maximum.
        """
        self._require_effects_for(data)
        self._require_lags_for(w_error, w_x)
        wanted = SampleDesign(
            self.formula,
            lag_x=self.lag_x,
            lagged=self.lagged,
            intercept=self.effects in ("none", "random"),
            missing=self.missing,
            endogenous=self.endogenous or (),
            instruments=self.instruments or (),
            dynamic=self.dynamic,
            effects=self.effects,
            filtered=self.lag_error or self.estimator == "gmm",
            logdet=self.logdet,
        )
        sample = build_sample(wanted, data, w, stacklevel=3, w_error=w_error, w_x=w_x)
        return fit_sample(self, with_unit_means(sample) if self.mundlak else sample)

    def _require_lags_for(self, w_error: object, w_x: object) -> None:
        if w_error is not None and not self.lag_error:
            raise InputError(
                f"{self.kind} has no lag of the error; leave w_error= out, or use SEM, SDEM, SAC "
                "or GNS."
            )
        if w_x is not None and not self.lag_x:
            raise InputError(
                f"{self.kind} has no lags of regressors; leave w_x= out, or use SLX, SDM, SDEM or "
                "GNS."
            )

    def _require_effects_for(self, data: Panel | pd.DataFrame) -> None:
        if self.dynamic:
            require_past(data, self.effects)
        if self.effects == "none":
            return
        if not isinstance(data, Panel):
            raise InputError(
                f'effects="{self.effects}" needs a spatial.Panel; '
                'a cross-section has effects="none".'
            )
        if data.n_times == 1:
            raise InputError(
                f"the panel has one {data.time}, {data.times[0]}, "
                f'from which effects="{self.effects}" cannot be told apart; '
                f'add years, or fit effects="none" on panel.at({data.times[0]}).'
            )


@dataclass(frozen=True)
class OLS(Specification):
    """y = Xβ + effects + ε."""

    kind: ClassVar[str] = "OLS"


@dataclass(frozen=True)
class SLX(Specification):
    """y = Xβ + WXθ + effects + ε (spatial lags of x)."""

    kind: ClassVar[str] = "SLX"
    lag_x: ClassVar[bool] = True


@dataclass(frozen=True)
class SAR(Specification):
    """y = ρWy + Xβ + effects + ε (spatial lag of y)."""

    kind: ClassVar[str] = "SAR"
    lag_y: ClassVar[bool] = True


@dataclass(frozen=True)
class SEM(Specification):
    """y = Xβ + effects + u, u = λWu + ε (spatial lag of the error)."""

    kind: ClassVar[str] = "SEM"
    lag_error: ClassVar[bool] = True


@dataclass(frozen=True)
class SDEM(Specification):
    """y = Xβ + WXθ + effects + u, u = λWu + ε."""

    kind: ClassVar[str] = "SDEM"
    lag_x: ClassVar[bool] = True
    lag_error: ClassVar[bool] = True


@dataclass(frozen=True)
class SAC(Specification):
    """y = ρWy + Xβ + effects + u, u = λMu + ε; M is W unless `w_error` is given."""

    kind: ClassVar[str] = "SAC"
    lag_y: ClassVar[bool] = True
    lag_error: ClassVar[bool] = True


@dataclass(frozen=True)
class GNS(Specification):
    """y = ρWy + Xβ + WXθ + effects + u, u = λMu + ε (general nesting model; Elhorst, 2014)."""

    kind: ClassVar[str] = "GNS"
    lag_y: ClassVar[bool] = True
    lag_x: ClassVar[bool] = True
    lag_error: ClassVar[bool] = True


@dataclass(frozen=True)
class SDM(Specification):
    """y = ρWy + Xβ + WXθ + effects + ε.

    The spatial Durbin model (LeSage and Pace, 2009; Elhorst, 2014).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from spatial import Panel, weights
    >>> ring = np.roll(np.eye(20), 1, axis=1) + np.roll(np.eye(20), -1, axis=1)
    >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(20)])
    >>> rng = np.random.default_rng(1)
    >>> table = pd.DataFrame({"city": w.unique_ids.repeat(6), "year": list(range(6)) * 20,
    ...                       "x": rng.normal(size=120), "y": rng.normal(size=120)})
    >>> fit = SDM("y ~ x", effects="twoway").fit(Panel(table, "city", "year"), w)
    >>> list(fit.params.index)
    ['x', 'W.x', 'rho']
    """

    kind: ClassVar[str] = "SDM"
    lag_y: ClassVar[bool] = True
    lag_x: ClassVar[bool] = True
