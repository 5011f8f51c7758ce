"""Rebuild the packaged Chinese font: a GB2312 subset of Noto Sans CJK SC.

Needs fontTools and the collection NotoSansCJK-Regular.ttc, as in Debian's package fonts-noto-cjk:

    python scripts/build_font.py --collection /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
"""

from __future__ import annotations

import argparse
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[1] / "analysis" / "data" / "fonts"
FACE = "Noto Sans CJK SC"
FAMILY = "Cityripple Sans SC"
FILE = "CityrippleSansSC-Regular.otf"
RANGES = (
    (0x20, 0x7E),  # Basic Latin
    (0xA0, 0x17F),  # Latin-1 and Latin Extended-A: names of other countries' places
    (0x1CD, 0x1DC),  # pinyin vowels with tones
    (0x2C6, 0x2DD),  # spacing accents
    (0x300, 0x30C),  # combining accents, hat and bar
    (0x370, 0x3FF),  # Greek
    (0x2010, 0x2027),  # dashes, quotes, dots
    (0x2030, 0x203B),  # per mille, primes, reference mark
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x20AC, 0x20AC),  # euro
    (0x2103, 0x2122),  # degree Celsius, number, trademark
    (0x2150, 0x2189),  # fractions and Roman numerals
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical operators, minus
    (0x2460, 0x2473),  # circled numbers
    (0x25A0, 0x25FF),  # squares, circles, triangles
    (0x3000, 0x301F),  # Chinese punctuation
    (0xFF01, 0xFF5E),  # full-width forms
)
# characters of Chinese place names down to counties that GB2312 lacks
PLACE_NAMES = "埇埗沚浉瀍猇硚鄠頓馬"


def repertoire() -> set[int]:
    """Code points of GB2312 and of the ranges above."""
    wanted = {code for low, high in RANGES for code in range(low, high + 1)}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                wanted.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return wanted | {ord(character) for character in PLACE_NAMES}


def face(collection: Path) -> TTFont:
    """Open the simplified-Chinese face of the collection."""
    number = 0
    while True:
        font = TTFont(collection, fontNumber=number, recalcTimestamp=False, lazy=True)
        if font["name"].getDebugName(1) == FACE:
            return font
        number += 1


def rename(font: TTFont) -> None:
    """Give the subset a name of its own, so that it never hides an installed full version."""
    plain = FAMILY.replace(" ", "")
    new = {1: FAMILY, 3: f"{plain}-Regular", 4: FAMILY, 6: f"{plain}-Regular"}
    table = font["name"]
    table.names = [r for r in table.names if r.platformID == 3 and r.langID == 0x409]
    for identifier, text in new.items():
        table.setName(text, identifier, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = [f"{plain}-Regular"]
    top[0].FullName, top[0].FamilyName = FAMILY, FAMILY


def build(collection: Path) -> Path:
    """Write the subset and what it was made from."""
    font = face(collection)
    options = subset.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=repertoire())
    cutter.subset(font)
    rename(font)
    TARGET.mkdir(parents=True, exist_ok=True)
    path = TARGET / FILE
    font.save(path)
    lost = sorted(repertoire() - set(TTFont(path).getBestCmap()))
    version = font["name"].getDebugName(5)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (TARGET / "SOURCE.md").write_text(
        f"""# {FILE}

A subset of {FACE}, {version}, made by `scripts/build_font.py` on {datetime.now(UTC):%Y-%m-%d}
from Debian's package fonts-noto-cjk (<https://github.com/googlefonts/noto-cjk>).

- Repertoire: GB2312, Latin-1 and Latin Extended-A, Greek, punctuation, superscripts and subscripts,
  arrows, mathematical operators, and some characters of Chinese place names that GB2312 lacks.
- Left out: all other characters, vertical metrics, hints, all layout features but kerning.
- Renamed to "{FAMILY}", so that it never hides an installed full version. The licence did not ask
  for that: its Reserved Font Name is "Source", which this font does not bear, and Noto is none.
- Licence: SIL Open Font License 1.1, `OFL.txt` beside this file.
- sha256: {digest}
""",
        encoding="utf-8",
        newline="\n",
    )
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB; not in the source: {len(lost)}")
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Rebuild the packaged font.")
    parser.add_argument("--collection", type=Path, required=True)
    build(parser.parse_args().collection)
