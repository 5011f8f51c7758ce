"""Romanised names of Chinese units: spelling folded, endings and ethnic groups that come and go."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["fold_latin", "latin_forms", "latin_parts"]

_LATIN = re.compile(r"[a-z][a-z '.-]*")
_ENDINGS = {
    "autonomous prefecture": "prefecture",
    "autonomous county": "county",
    "zizhizhou": "prefecture",
    "zizhixian": "county",
    "special administrative region": "region",
    "forestry district": "forest",
    "prefecture": "",
    "municipality": "city",
    "municipal": "city",
    "city": "city",
    "shi": "city",
    "zhou": "prefecture",
    "league": "district",
    "meng": "district",
    "diqu": "district",
    "county": "county",
    "xian": "county",
    "linqu": "forest",
}
_GLUED = {
    "zizhizhou": "prefecture",
    "zizhixian": "county",
    "zhou": "prefecture",
    "shi": "city",
    "meng": "district",
    "diqu": "district",
    "xian": "county",
}
_GROUPS = (
    "mongol mongolian hui tibetan zang uyghur uygur miao yi zhuang bouyei buyei korean chaoxian "
    "manchu dong yao bai tujia hani kazakh kazak dai li lisu va she lahu sui shui dongxiang naxi "
    "jingpo kirgiz kirghiz kyrgyz tu daur mulao qiang salar maonan gelao xibe tajik nu ewenki "
    "deang bonan yugur jing derung oroqen hezhen monba lhoba jino mengguzu huizu zangzu miaozu "
    "yizu tujiazu and"
)
_GROUP_WORDS = re.compile(r"(?:[\s-]+(?:" + "|".join(_GROUPS.split()) + r"))+$")
_LEAST = 3


def fold_latin(name: str) -> str:
    """Letters of a romanised name alone: case, accents, blanks and apostrophes do not count.

    The ü of pinyin is u, as is the v or the yu that keyboards and passports put for it.

    Examples
    --------
    >>> fold_latin("Ürümqi"), fold_latin("Xi'an"), fold_latin("Lyuliang"), fold_latin("北京市")
    ('urumqi', 'xian', 'luliang', '')
    """
    return _fold(_plain(name))


def latin_forms(name: str) -> set[tuple[str, str]]:
    """Read a romanised name as (letters, kind of unit); the kind is "" for a bare name.

    Endings may be English (City, Prefecture, League) or pinyin (Shi, Zhou, Meng), apart or glued.
    Names of autonomous units are read with and without their ethnic groups.

    Examples
    --------
    >>> sorted(latin_forms("Enshi Tujia and Miao Autonomous Prefecture"))[0]
    ('enshi', 'prefecture')
    >>> sorted(latin_forms("Xi'an Shi"))
    [('xian', 'city'), ('xianshi', '')]
    """
    plain = _plain(name)
    whole = _fold(plain)
    if not whole:
        return set()
    found = {(whole, "")}
    for ending, kind in _ENDINGS.items():
        stem = re.sub(rf"[\s-]+{ending}$", "", plain)
        if stem != plain:
            bare = _GROUP_WORDS.sub("", stem)
            found |= {(_fold(stem), kind), (_fold(bare), kind)}
            break
    else:
        for ending, kind in _GLUED.items():
            stem = whole.removesuffix(ending)
            if stem != whole and len(stem) >= _LEAST:
                found.add((stem, kind))
                break
    return {(stem, kind) for stem, kind in found if stem}


def latin_parts(name: str) -> list[str]:
    """Parts of a romanised name that commas or brackets separate: "Suzhou (Jiangsu)".

    Examples
    --------
    >>> latin_parts("Suzhou City, Jiangsu Province")
    ['Suzhou City', 'Jiangsu']
    """
    parts = [part.strip() for part in re.split(r"[,;/()，（）]+", name) if part.strip()]
    return [re.sub(r"\s+province$", "", part, flags=re.IGNORECASE) for part in parts]


def _plain(name: str) -> str:
    letters = (c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = "".join(letters).casefold().replace("’", "'").replace("`", "'").strip()
    return plain if _LATIN.fullmatch(plain) else ""


def _fold(plain: str) -> str:
    letters = re.sub(r"[^a-z]", "", re.sub(r"\b([ln])yu", r"\1u", plain))
    return re.sub(r"(?<=[ln])v", "u", letters)
