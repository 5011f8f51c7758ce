"""Write the synthetic demonstration panel and its truth.

    python scripts/draw_demo_panel.py [FOLDER]

writes panel.csv and demo_truth.json, by default into analysis/demo. What is drawn, and how, stands
in demo_process.py.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import demo_process as process
import numpy as np
import pandas as pd
from demo_process import CHANNELS, COHORTS, DECAY, FDI, RHO, SIGMA, YEARS, Drawn, Ground

from spatial import weights

FOLDER = Path(__file__).parents[1] / "analysis" / "demo"
FOCUS, CONTROL = "agglomeration", "log(fdi / gdp)"
FORMULA = f"resilience ~ {FOCUS} + {CONTROL}"
SYNTHETIC = (
    "Synthetic data, drawn by scripts/draw_demo_panel.py. No figure is an observation of a real "
    "city; only names, codes and boundaries are real. 本数据为模拟数据，不是任何真实城市的观测值。"
)
ORDER = (
    "city",
    "adcode",
    "year",
    "emp_A",
    "emp_B",
    "emp_C",
    "emp_D",
    "emp_E",
    "emp_F",
    "emp_G",
    "emp_H",
    "emp_I",
    "emp_J",
    "emp_K",
    "emp_L",
    "emp_M",
    "emp_N",
    "emp_O",
    "emp_P",
    "emp_Q",
    "emp_R",
    "emp_S",
    "emp_total",
    "emp_C39",
    "emp_C_other",
    "emp_I63",
    "emp_I64",
    "emp_I65",
    "gdp",
    "retail_sales",
    "fiscal_revenue",
    "electricity_gwh",
    "loans",
    "new_firms",
    "va_primary",
    "va_secondary",
    "va_tertiary",
    "va_digital",
    "patents_invention",
    "patents_green",
    "patents_green_invention",
    "rd_spending",
    "broadband_10k_households",
    "mobile_10k",
    "base_stations_5g",
    "telecom_revenue",
    "robots_per_10k_workers",
    "firms_ecommerce_pct",
    "digital_agri_pct",
    "digital_service_pct",
    "pop_resident_10k",
    "urban_pop_10k",
    "fdi",
    "fiscal_expenditure",
    "st_expenditure",
    "students_10k",
    "unemployed_registered",
    "income_urban_yuan",
    "income_rural_yuan",
    "smart_facility_2010",
    "digital_finance",
    "smart_city_year",
    "broadband_pilot",
    "phones_1984_per_100",
    "relief_index",
    "dist_hangzhou_km",
    "internet_nation",
)


def table(drawn: Drawn) -> pd.DataFrame:
    """Long table, by city and year."""
    cities, times = drawn.place.cities, len(YEARS)
    columns = {
        "city": np.tile(cities.index.to_numpy(dtype=object), times),
        "adcode": np.tile(cities["adcode"].to_numpy(dtype=object), times),
        "year": np.repeat(YEARS, drawn.place.n),
    }
    columns |= {name: values.ravel() for name, values in drawn.columns.items()}
    frame = pd.DataFrame(columns)[list(ORDER)]
    pilots = frame["smart_city_year"].astype("Int64")
    frame["smart_city_year"] = pilots.mask(pilots == 0)
    return frame.sort_values(["adcode", "year"], ignore_index=True)


# ---- truth


def summary(s: np.ndarray) -> dict[str, float]:
    """Direct, indirect and total effect of ∂y/∂x = S."""
    direct, total = float(np.trace(s) / len(s)), float(s.sum() / len(s))
    return {"direct": direct, "indirect": total - direct, "total": total}


def partial(place: Ground, own: float | np.ndarray, others: np.ndarray, rho: float) -> np.ndarray:
    """Dense (I − ρW)⁻¹ (diag(own) + others)."""
    inside = np.diag(np.broadcast_to(own, place.n)) + others
    return np.linalg.inv(np.eye(place.n) - rho * place.w.toarray()) @ inside


def durbin(
    place: Ground, beta: float, theta: float, control: float = FDI, rho: float = RHO
) -> dict:
    """Parameters and effects of a homogeneous SDM whose control is not lagged."""
    w = place.w.toarray()
    return {
        "formula": FORMULA,
        "lagged": [FOCUS],
        "effects_kind": "twoway",
        "parameters": {FOCUS: beta, CONTROL: control, f"W.{FOCUS}": theta, "rho": rho},
        "effects": {
            FOCUS: summary(partial(place, beta, theta * w, rho)),
            CONTROL: summary(partial(place, control, 0 * w, rho)),
        },
    }


def truth_gdp(place: Ground) -> dict:
    """Baseline with and without the channels."""
    through = {key: sum(c["c"] * c[key] for c in CHANNELS.values()) for key in ("a", "a_W")}
    beta, theta = 0.15 + through["a"], 0.10 + through["a_W"]
    names = {
        "invention": "log(patents_invention / pop_resident_10k)",
        "green_quantity": "log(patents_green / pop_resident_10k)",
        "green_quality": "log(patents_green_invention / pop_resident_10k)",
        "broadband": "log(broadband_10k_households / pop_resident_10k)",
        "digital_industry": "log(va_digital / gdp)",
        "upgrading": "va_tertiary / va_secondary",
    }
    return {
        "experiment": "baseline and channels",
        **durbin(place, round(beta, 10), round(theta, 10)),
        "with_channels": durbin(place, 0.15, 0.10)["parameters"]
        | {names[key]: c["c"] for key, c in CHANNELS.items()},
        "channels": {
            key: {
                "column": names[key],
                "on_agglomeration": c["a"],
                "on_W_agglomeration": c["a_W"],
                "weight_in_outcome": c["c"],
                "carried": c["a"] * c["c"],
            }
            for key, c in CHANNELS.items()
        },
    }


def truth_retail(place: Ground, drawn: Drawn) -> dict:
    """Groups, moderation, spillovers between ranks."""
    smart = drawn.drivers.smart
    own = process.slopes_of_retail(place, smart)
    s = partial(place, own, 0.20 * (place.w + place.w_down).toarray(), RHO)
    groups = {"east": place.east, "elsewhere": ~place.east}
    ranks = {"high": place.high, "low": ~place.high}
    off = s - np.diag(np.diag(s))
    return {
        "experiment": "groups, moderation, between ranks; none by size given region",
        "parameters": {
            "agglomeration, elsewhere": 0.10,
            "agglomeration, east": 0.35,
            "agglomeration:smart_facility_2010": 0.15,
            f"W.{FOCUS}": 0.20,
            "W.agglomeration from high- to low-rank neighbours, added": 0.20,
            CONTROL: FDI,
            "rho": RHO,
        },
        "high_rank": "tier other than 一般地级市",
        "effects": {FOCUS: summary(s)},
        "own_effect_by_region": {k: float(np.diag(s)[v].mean()) for k, v in groups.items()},
        "received_by_rank": {
            f"{to} from {source}": float(off[ranks[to]][:, ranks[source]].sum(1).mean())
            for to in ranks
            for source in ranks
        },
    }


def truth_threshold(place: Ground, drawn: Drawn) -> dict:
    """One threshold in digital finance."""
    q = drawn.drivers.finance[1:]
    w = 0.20 * place.w.toarray()
    return {
        "experiment": "one threshold, no second",
        "threshold_column": "digital_finance",
        "threshold_standardised": 0.30,
        "threshold": float(q.mean() + 0.30 * q.std()),
        "standardised_over": "city-years 2011–2022, divisor n",
        "share_above": float(drawn.drivers.regime()[1:].mean()),
        "parameters": {
            "agglomeration, at most threshold": 0.10,
            "agglomeration, above threshold": 0.45,
            f"W.{FOCUS}": 0.20,
            CONTROL: FDI,
            "rho": RHO,
        },
        "effects": {
            "agglomeration, at most threshold": summary(partial(place, 0.10, w, RHO)),
            "agglomeration, above threshold": summary(partial(place, 0.45, w, RHO)),
        },
    }


def within(values: np.ndarray) -> np.ndarray:
    """Two-way demeaned, as a vector."""
    unit, time = values.mean(0), values.mean(1, keepdims=True)
    return (values - unit - time + values.mean()).ravel()


def decay_curve(place: Ground, drawn: Drawn) -> list[dict]:
    """Indirect effect by distance that an SLX finds in the outcome without its error."""
    lq, fdi = drawn.drivers.lq[1:], drawn.drivers.log_fdi[1:]
    clean = within(DECAY["beta"] * lq + DECAY["theta"] * lq @ place.w_decay.T + FDI * fdi)
    off = ~np.eye(place.n, dtype=bool)
    inverse = np.divide(1.0, place.km, out=np.zeros_like(place.km), where=off)
    rows = []
    for km in range(100, 801, 50):
        near = off & (place.km <= km)
        forms = {"band": near * 1.0, "cutoff": near * inverse, "beyond": (off & ~near) * inverse}
        row = {"km": km, "isolates": int((~near.any(1)).sum())}
        row["true_share_within"] = float((place.w_decay * near).sum() / place.n)
        for name, raw in forms.items():
            sums = raw.sum(1, keepdims=True)
            w = np.divide(raw, sums, out=np.zeros_like(raw), where=sums > 0)
            x = np.column_stack([within(lq), within(lq @ w.T), within(fdi)])
            theta = np.linalg.lstsq(x, clean, rcond=None)[0][1]
            row[f"indirect_{name}"] = float(theta * w.sum() / place.n)
        rows.append(row)
    return rows


def truth_decay(place: Ground, drawn: Drawn) -> dict:
    """Spillovers that fade with distance, no lag of the outcome."""
    return {
        "experiment": "decay, no rho",
        "parameters": {
            FOCUS: DECAY["beta"],
            f"W.{FOCUS}": DECAY["theta"],
            CONTROL: FDI,
            "rho": 0.0,
            "scale_km": DECAY["scale_km"],
        },
        "weights": "row-standardised exp(−d/150 km), none beyond 500 km, great-circle",
        "effects": {FOCUS: summary(partial(place, 0.30, DECAY["theta"] * place.w_decay, 0.0))},
        "curve_model": "SLX, two-way effects, row-standardised weights; band binary, cutoff and "
        "beyond inverse distance; outcome without its error",
        "curve": decay_curve(place, drawn),
    }


def truth_did(drawn: Drawn) -> dict:
    """Staggered pilots with own effects by cohort and time, and neighbours' effects."""
    treated, own = process.treatment(drawn.drivers.cohort)
    by_time = {}
    for year, factor in COHORTS.items():
        ages = np.arange(YEARS[-1] - year + 1)
        by_time[str(year)] = {
            str(age): round(factor * (0.10 + 0.05 * min(age, 4)), 10) for age in ages.tolist()
        }
    return {
        "experiment": "staggered spatial difference in differences, rho = 0, no pre-trend",
        "first_treated": "smart_city_year",
        "own_effect_by_cohort_and_years_since": by_time,
        "att": float(own[1:][treated[1:]].mean()),
        "parameters": {"W.treated": 0.08, CONTROL: FDI, "rho": 0.0},
        "treated_city_years": int(treated[1:].sum()),
    }


def truth_loans(place: Ground) -> dict:
    """Endogenous agglomeration."""
    return {
        "experiment": "endogeneity",
        **durbin(place, 0.30, 0.20, control=0.30),
        "endogenous": FOCUS,
        "error": "0.6 a_it + N(0, 0.2²), a_it the shock of the digital share",
        "instrument": "phones_1984_per_100:internet_nation moves the digital share; "
        "relief_index and dist_hangzhou_km do not",
    }


def truth(drawn: Drawn) -> dict:
    """All that was put in, and what follows from it."""
    place = drawn.place
    outcomes = {
        "gdp": truth_gdp(place),
        "retail_sales": truth_retail(place, drawn),
        "fiscal_revenue": truth_threshold(place, drawn),
        "electricity_gwh": truth_decay(place, drawn),
        "loans": truth_loans(place),
        "new_firms": truth_did(drawn),
    }
    for name in outcomes:
        outcomes[name] |= {
            "sigma": SIGMA,
            "city_effect_sd": process.CITY_SD,
            "largest_error_of_measured_outcome": measured_error(drawn, name),
        }
    return {
        "synthetic": SYNTHETIC,
        "seed": process.SEED,
        "sample": {
            "cities": place.n,
            "years": [int(YEARS[0]), int(YEARS[-1])],
            "model_years": [int(YEARS[1]), int(YEARS[-1])],
            "left_out": ["三沙市"],
            "bridges": process.BRIDGES,
            "weights": weights.label(weights.contiguity(place.cities, bridges=process.BRIDGES)),
        },
        "indices": {
            FOCUS: "location quotient of emp_I + emp_C39 in emp_total among all cities here",
            "resilience": "relative form (g_i − g)/|g|, g the growth of all cities here",
        },
        "growth": dict(
            zip(map(str, YEARS[1:].tolist()), np.round(process.GROWTH, 4).tolist(), strict=True)
        ),
        "digital_share": "0.03 exp(α_i + 0.10 z_i internet_t + a_it); α SAR(0.6), sd 0.45; z and "
        "internet standardised phones_1984_per_100 and internet_nation; a AR(0.6), sd 0.22",
        "outcomes": outcomes,
    }


def measured_error(drawn: Drawn, name: str) -> float:
    """Largest difference between the index of the stored series and the outcome as drawn."""
    series = drawn.columns[name].astype(float)
    outcome = drawn.outcomes[name]
    centre = (series[:-1] * outcome).sum(1, keepdims=True) / series[:-1].sum(1, keepdims=True)
    return round(float(np.abs(process.resilience(series) - (outcome - centre)).max()), 6)


def rounded(value: object) -> object:
    """Nested values with floats to ten decimals, so that two machines write one file."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    return round(value, 10) if isinstance(value, float) else value


def main(folder: Path) -> None:
    """Draw and write."""
    drawn = process.draw()
    folder.mkdir(parents=True, exist_ok=True)
    table(drawn).to_csv(folder / "panel.csv", index=False, encoding="utf-8", lineterminator="\n")
    text = json.dumps(rounded(truth(drawn)), ensure_ascii=False, indent=1)
    (folder / "demo_truth.json").write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
