"""SVG made lighter and kept readable: short paths, text that stays text, its font in the file."""

from __future__ import annotations

import re

from analysis.fonts import FALLBACK, FAMILIES, woff

__all__ = ["finish_svg"]

PATH = re.compile(r' d="([^"]*)"')
NUMBER = re.compile(r"-?\d+\.\d+")
RUN = re.compile(r"([ML][^A-Za-z]*)((?:L[^A-Za-z]*)+)")  # a point and the lines that follow it
TEXT = re.compile(r"<text\b[^>]*>([^<]*)</text>")


def finish_svg(text: str) -> str:
    """Shorten paths to a hundredth of a point, and put the letters used into the file.

    Points of one path follow its first without a letter of their own, which SVG reads as lines.
    """
    text = PATH.sub(lambda found: f' d="{_short(found[1])}"', text)
    text = text.replace(f"'{FAMILIES[1]}'", f"'{FAMILIES[1]}', {FALLBACK}")
    written = "".join(TEXT.findall(text))
    if not written:
        return text
    face = (
        f"@font-face {{ font-family: '{FAMILIES[0]}'; "
        f"src: url(data:font/woff;base64,{woff(written)}) format('woff'); }}"
    )
    head, tag, rest = text.partition("<defs>")
    return f'{head}{tag}\n  <style type="text/css">{face}</style>{rest}'


def _short(path: str) -> str:
    """Path data with two decimals and without the L of every point."""
    rounded = NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), path)
    return RUN.sub(lambda found: " ".join((found[1] + found[2]).replace("L", "").split()), rounded)
