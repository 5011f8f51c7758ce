"""Forms of a Chinese place name: endings that come and go, ethnic groups, provinces in front."""

from __future__ import annotations

import re

__all__ = ["PROVINCE_NAMESAKES", "compatible", "forms"]

# Bare names that stand for a province at least as often as for the city or prefecture.
PROVINCE_NAMESAKES = frozenset({"吉林", "海南"})

_ENDINGS = {
    "特别行政区": "region",
    "维吾尔自治区": "province",
    "壮族自治区": "province",
    "回族自治区": "province",
    "自治区": "province",
    "省": "province",
    "自治州": "prefecture",
    "州": "prefecture",
    "自治县": "county",
    "县": "county",
    "地区": "district",
    "盟": "district",
    "林区": "forest",
    "市": "city",
}
_GROUPS = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 "
    "畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 "
    "阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 "
    "赫哲 门巴 珞巴 基诺"
)
_ETHNIC = re.compile(
    "(?:(?:" + "|".join(_GROUPS.split()) + ")族|蒙古|哈萨克|柯尔克孜|塔吉克|锡伯|达斡尔)+$"
)


def forms(name: str) -> set[tuple[str, str]]:
    """Read a name as (stem, kind of unit); the kind is "" for a bare name.

    Names of autonomous units are read with and without their ethnic groups.

    Examples
    --------
    >>> sorted(forms("恩施州"))
    [('恩施', 'prefecture'), ('恩施州', '')]
    """
    found = {(name, "")}
    for ending, kind in _ENDINGS.items():
        stem = name.removesuffix(ending)
        if stem == name or len(stem) < 2:
            continue
        found.add((stem, kind))
        bare = _ETHNIC.sub("", stem)
        if kind in ("prefecture", "county") and len(bare) >= 2:
            found.add((bare, kind))
        break
    return found


def compatible(given: str, official: str) -> bool:
    """Whether two kinds may be one unit.

    A bare name fits any kind, and a former 地区 or 盟 is the 市 of the same name today. 恩施市 is
    not 恩施州, and 吉林省 not 吉林市.
    """
    if given == official or (given == "district" and official == "city"):
        return True
    return given == "" or (official == "" and given != "province")
