"""Which characters the bytes stand for: byte-order marks, UTF-8, UTF-16, UTF-32, and the single-byte encodings.

The single-byte encodings met in French leaks (Windows, ISO, Macintosh, DOS) are told apart by what their bytes
would be between their neighbours: accented letters inside words weigh for, symbols inside words and control codes
weigh against.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from charset_normalizer import from_bytes

from colmate.errors import UsageError

__all__ = ["Encoding", "detect", "named"]

BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# in the order of preference when the bytes do not tell them apart
SINGLE_BYTE: Final = ("cp1252", "iso8859-15", "mac-roman", "cp850", "cp437")
FRENCH: Final = "éèàùâêîôûëïüçœæÉÈÀÙÂÊÎÔÛËÏÜÇŒÆ"
COMMON: Final = "éèàçêôîâûùë"
PUNCTUATION: Final = "’‘“”«»°€£–—…\xa0²³µ§·•"
# ASCII, and whole well-formed sequences of two to four bytes (RFC 3629)
WELL_FORMED: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
CONTEXTS: Final = 20_000


@dataclass(frozen=True)
class Encoding:
    """``name`` is Python's; ``bom`` the length of the mark; ``lenient`` reads stray bytes of UTF-8 as cp1252."""

    name: str
    bom: int = 0
    lenient: bool = True

    @property
    def wide(self) -> bool:
        """True when ASCII characters take more than one byte."""
        return self.name.startswith(("utf-16", "utf-32"))

    @property
    def unit(self) -> int:
        """Bytes of the smallest unit."""
        if self.name.startswith("utf-16"):
            return 2
        return 4 if self.name.startswith("utf-32") else 1


def named(name: str, head: bytes) -> Encoding:
    """Return the encoding the user asked for; `UsageError` when Python does not know it or it is no superset of ASCII.

    "utf-16" and "utf-32" without a byte order take it from the mark, else little-endian.
    """
    try:
        normal = codecs.lookup(name).name.replace("_", "-")
    except LookupError:
        raise UsageError(
            "the encoding asked for is not known: try utf-8, cp1252, latin-1, mac-roman or utf-16"
        ) from None
    if normal == "utf-8-sig":
        normal = "utf-8"
    mark, marked = next(((mark, found) for mark, found in BOMS if head.startswith(mark)), (b"", ""))
    if normal in {"utf-16", "utf-32"}:
        normal = marked if marked.startswith(normal) else normal + "-le"
    if not normal.startswith(("utf-16", "utf-32")) and not _over_ascii(normal):
        raise UsageError("the encoding asked for cannot be read: it does not keep ASCII characters as they are")
    return Encoding(normal, len(mark) if marked == normal else 0, lenient=False)


def _over_ascii(name: str) -> bool:
    """Tell whether delimiters and line ends can be found in the bytes: one byte a character, or UTF-8."""
    ascii_bytes = bytes(range(128))
    try:
        same = ascii_bytes.decode(name) == ascii_bytes.decode("ascii")
        return same and (name == "utf-8" or len(bytes(range(256)).decode(name, "replace")) == 256)
    except (LookupError, UnicodeError):
        return False


def detect(head: bytes, samples: bytes = b"") -> Encoding:
    """Return the encoding of a file from its first bytes and ``samples`` from elsewhere in it."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return Encoding(name, len(mark))
    if wide := _wide(head):
        return Encoding(wide)
    data = head + b"\n" + samples
    stray = WELL_FORMED.sub(b"", data).translate(None, bytes(range(128)))
    formed = len(WELL_FORMED.findall(data))
    # UTF-8 sequences hardly occur by chance: a file with some stray bytes is UTF-8 with a few lines of another kind
    if len(stray) <= max(3, formed) if formed else not stray:
        return Encoding("utf-8")
    return Encoding(_single_byte(data))


def _wide(head: bytes) -> str | None:
    """Recognise UTF-16 and UTF-32 without a mark by where the zero bytes of ASCII characters stand."""
    sample = head[: len(head) // 4 * 4][:65_536]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    quarter = len(sample) // 4
    zeros = [sample[place::4].count(0) / quarter for place in range(4)]
    patterns = {
        "utf-32-le": (0, 1, 1, 1),
        "utf-32-be": (1, 1, 1, 0),
        "utf-16-le": (0, 1, 0, 1),
        "utf-16-be": (1, 0, 1, 0),
    }
    for name, pattern in patterns.items():
        if all(share > 0.7 if zero else share < 0.1 for share, zero in zip(zeros, pattern, strict=True)):
            return name
    return None


def _single_byte(data: bytes) -> str:
    contexts = Counter(
        match[0]
        for match, _ in zip(re.finditer(rb"(?s)[^\x80-\xff]?[\x80-\xff]{1,3}.?", data), range(CONTEXTS), strict=False)
    )
    scores = {name: _score(contexts, name) for name in SINGLE_BYTE}
    best = max(SINGLE_BYTE, key=lambda name: scores[name])
    total = contexts.total()
    if scores[best] < 0.2 * total and (second := _second_opinion(data)):
        return second
    return best


def _score(contexts: Counter[bytes], name: str) -> float:
    score = 0.0
    for context, times in contexts.items():
        text = context.decode(name, "replace")
        for place, letter in enumerate(text):
            if letter >= "\x80":
                score += times * _weight(text[place - 1 : place] if place else " ", letter, text[place + 1 : place + 2])
    return score


def _weight(before: str, letter: str, after: str) -> float:
    """How much a character between two others looks like French: from -3 (impossible) to 1.5."""
    inside = before.isalpha() or after.isalpha()
    if before >= "\x80" and before.isalpha() and letter.isalpha() and before.lower() + letter.lower() != "éé":
        return -0.6  # letters with accents do not stand in a row: this is another script
    if letter in FRENCH:
        cased = letter.isupper() and before.islower()
        base = 1.2 if letter in COMMON else 0.8
        return base * (0.3 if cased else 1.0) if inside else 0.3
    if letter in PUNCTUATION:
        within = before.isalpha() and after.isalpha()
        return (0.8 if letter in "’‘" else -0.8) if within else 0.5
    if letter == "\ufffd" or "\x80" <= letter <= "\x9f":
        return -3.0
    if letter.isalpha():
        return 0.4 if inside and letter < "\u0100" else -0.5
    return -1.5 if before.isalpha() and after.isalpha() else -0.7


def _second_opinion(data: bytes) -> str | None:
    """Ask charset-normalizer, and believe it only on an encoding whose delimiters are where ASCII has them."""
    match = from_bytes(data[:200_000]).best()
    if match is None:
        return None
    name = codecs.lookup(match.encoding).name.replace("_", "-")
    return name if name != "utf-8" and name != "ascii" and _over_ascii(name) else None
