"""What a specification curve adds up to: shares of signs and of significance."""

from __future__ import annotations

import pandas as pd

from spatial.errors import InputError

__all__ = ["specification_shares"]

NEEDED = ("specification", "effect", "estimate", "p_value")


def specification_shares(curve: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """Shares of signs and of significance over the specifications that could be fitted.

    Specifications share their data, so that the shares describe how a finding depends on choices;
    they are no test.

    Parameters
    ----------
    curve
        From `specification_curve`.
    alpha
        Level of significance.

    Returns
    -------
    DataFrame
        A row per effect: effect, specifications, failed, positive, negative,
        positive_significant, negative_significant (shares of those fitted), same_sign (the share
        with the sign of the main specification), median, lowest, highest.

    Examples
    --------
    >>> curve = pd.DataFrame({"specification": [0, 1], "effect": "indirect",
    ...                       "estimate": [0.2, -0.1], "p_value": [0.01, 0.6]})
    >>> specification_shares(curve)["positive_significant"].tolist()
    [0.5]
    """
    absent = [name for name in NEEDED if name not in curve.columns]
    if absent:
        raise InputError(f"the curve lacks the column {absent[0]!r}; give what "
                         "specification_curve returns.")  # fmt: skip
    if not 0 < alpha < 1:
        raise InputError(f"alpha={alpha!r} lies not between 0 and 1.")
    rows = []
    for effect, part in curve.groupby("effect", sort=False):
        found = part[part["estimate"].notna()]
        up, sure = found["estimate"] > 0, found["p_value"] < alpha
        main = part.loc[part["specification"] == 0, "estimate"]
        same = up == bool(main.iloc[0] > 0) if len(main) else pd.Series(dtype=float)
        rows.append(
            {
                "effect": effect,
                "specifications": len(part),
                "failed": len(part) - len(found),
                "positive": up.mean(),
                "negative": (found["estimate"] < 0).mean(),
                "positive_significant": (up & sure).mean(),
                "negative_significant": ((found["estimate"] < 0) & sure).mean(),
                "same_sign": same.mean(),
                "median": found["estimate"].median(),
                "lowest": found["estimate"].min(),
                "highest": found["estimate"].max(),
            }
        )
    return pd.DataFrame(rows)
