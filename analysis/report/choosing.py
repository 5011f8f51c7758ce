"""How the model was chosen: the sequence of tests as sentences in the report's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.blocks import Block, Bullets, Text
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["choosing", "steps_in_words"]

CHINESE: dict[tuple[str, str], str] = {
    ("lr_unit_effects", "rejected"): "个体效应联合显著，予以保留",
    ("lr_unit_effects", "kept"): "个体效应联合不显著，不纳入模型",
    ("lr_time_effects", "rejected"): "时间效应联合显著，予以保留",
    ("lr_time_effects", "kept"): "时间效应联合不显著，不纳入模型",
    ("residual_moran", "rejected"): "最小二乘残差存在空间相关",
    ("residual_moran", "kept"): "最小二乘残差不存在空间相关",
    ("lm_lag", "rejected"): "最小二乘缺少被解释变量的空间滞后（或与之相似的误差滞后）",
    ("lm_lag", "kept"): "没有证据表明最小二乘缺少被解释变量的空间滞后",
    ("lm_error", "rejected"): "最小二乘缺少误差的空间滞后（或与之相似的被解释变量滞后）",
    ("lm_error", "kept"): "没有证据表明最小二乘缺少误差的空间滞后",
    ("robust_lm_lag", "rejected"): "即使考虑误差滞后，仍需要被解释变量的空间滞后",
    ("robust_lm_lag", "kept"): "考虑误差滞后之后，不需要被解释变量的空间滞后",
    ("robust_lm_error", "rejected"): "即使考虑被解释变量滞后，仍需要误差的空间滞后",
    ("robust_lm_error", "kept"): "考虑被解释变量滞后之后，不需要误差的空间滞后",
    ("lr_theta", "rejected"): "虽不需要空间滞后，但邻地的解释变量有影响",
    ("lr_theta", "kept"): "邻地的解释变量也没有影响",
    ("lr_rho", "rejected"): "在邻地解释变量之外，还需要被解释变量的空间滞后",
    ("lr_rho", "kept"): "在邻地解释变量之外，不需要被解释变量的空间滞后",
    ("wald_sar", "rejected"): "Wald检验：SDM不能简化为SAR，邻地的解释变量有影响",
    ("wald_sar", "kept"): "Wald检验：SDM可以简化为SAR",
    ("lr_sar", "rejected"): "LR检验：SDM优于SAR",
    ("lr_sar", "kept"): "LR检验：SAR不逊于SDM",
    ("wald_sem", "rejected"): "Wald检验：SDM不能简化为SEM，邻地的解释变量不只是误差的共同变动",
    ("wald_sem", "kept"): "Wald检验：SDM可以简化为SEM",
    ("lr_sem", "rejected"): "LR检验：SDM优于SEM",
    ("lr_sem", "kept"): "LR检验：SEM不逊于SDM",
    ("hausman", "rejected"): "个体效应与解释变量相关，随机效应估计不一致，采用固定效应",
    ("hausman", "kept"): "没有证据反对随机效应；固定效应在任何情形下均一致，仍予采用",
}
UNTESTED = {"hausman": "无法估计随机效应，未作Hausman检验。"}
REASONS = {
    "ols": "选择OLS：不需要被解释变量、误差或解释变量的空间滞后。",
    "slx": "选择SLX：只有邻地的解释变量有影响。",
    "sdm_after_slx": "选择SDM：邻地的解释变量有影响，并且需要被解释变量的空间滞后。",
    "sar": "选择SAR：SDM可以简化为SAR，且LM检验指向被解释变量的空间滞后。",
    "sem": "选择SEM：SDM可以简化为SEM，且LM检验指向误差的空间滞后。",
    "sdm": "选择SDM：检验不允许简化为更小的模型。",
    "sdm_contradiction": (
        "选择SDM：Wald与LR检验所允许的简化与LM检验所指的方向不一致，而SDM包含两者。"
    ),
    "sdm_undecided": "选择SDM：简化为SAR或SEM均可，LM检验未能区分，而SDM包含两者。",
}


def choosing(study: Study, words: Words) -> list[Block]:
    """The steps, and whether they end at the model of the study."""
    choice = study.models.choice if study.models else None
    if choice is None or study.models is None:
        return []
    blocks: list[Block] = [Text(words("choose_intro", alpha=f"{choice.attrs['alpha']:g}"))]
    blocks.append(Bullets(steps_in_words(choice, words)))
    main, found = study.models.main.fit, choice.attrs
    same = (main.kind, main.model.effects) == (found["model"], found["effects"])
    blocks.append(
        Text(
            words(
                "choose_same" if same else "choose_other",
                kind=main.kind,
                effects=words(f"effects.{main.model.effects}"),
                chosen=found["model"],
                chosen_effects=words(f"effects.{found['effects']}"),
            )
        )
    )
    return blocks


def steps_in_words(choice: pd.DataFrame, words: Words) -> list[str]:
    """One sentence per step."""
    if words.lang == "en":
        return [str(text) for text in choice["sentence"]]
    rows = [row for _, row in choice.iterrows()]
    return [*(_step(row) for row in rows[:-1]), REASONS[choice.attrs["reason"]]]


def _step(row: pd.Series[Any]) -> str:
    if row["decision"] == "untested":
        return UNTESTED[row["test"]]
    statistic, p = float(row["statistic"]), float(row["p_value"])
    if pd.isna(statistic):
        figures = "此处无定义"
    else:
        name = "z" if pd.isna(row["df"]) else f"χ²({int(row['df'])})"
        small = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
        figures = f"{name} = {statistic:.2f}，{small}"
    return f"{CHINESE[row['test'], row['decision']]}（{figures}）。"
