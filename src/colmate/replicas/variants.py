"""How one person comes back under another spelling: slips of the keyboard, of the ear, and what clerks leave out.

All functions take and give Arrow arrays of text, upper case expected; the rules of the ear are those French clerks
write by sound (general knowledge), not those of any normaliser.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from colmate.replicas.render import choose, join
from colmate.replicas.tables import Ints

__all__ = ["by_ear", "by_keyboard", "shortened", "swapped"]

ROWS = ("AZERTYUIOP", "QSDFGHJKLM", "WXCVBN")
EAR = (
    ("EAU", "O"), ("AUX$", "AUD"), ("AULT$", "AUD"), ("PH", "F"), ("Y", "I"), ("LL", "L"), ("NN", "N"), ("TT", "T"),
    ("RR", "R"), ("TH", "T"), ("QU", "K"), ("AIN", "IN"), ("C([AOU])", "K\\1"), ("([AEIOU])S([AEIOU])", "\\1Z\\2"),
    ("IER$", "IE"), ("^H", ""), ("ET$", "EY"), ("EZ$", "ES"), ("([^L])L([^L])", "\\1LL\\2"),
    ("([^N])N([^N])", "\\1NN\\2"), ("D$", "T"), ("$", "S"),
)  # fmt: skip


def _neighbours() -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    table = np.arange(65_536, dtype=np.uint32)
    for row in ROWS:
        for left, right in zip(row, row[1:] + row[-2], strict=True):
            table[ord(left)] = ord(right)
    return table


def by_keyboard(rng: np.random.Generator, words: pa.Array) -> pa.Array:
    """One slip a word: a neighbour key, a letter lost, two swapped, one doubled. Words under 4 letters stay."""
    count = len(words)
    if not count:
        return words
    texts = np.array(words.to_numpy(zero_copy_only=False), dtype="U40")
    codes = texts.view(np.uint32).reshape(count, 40).copy()
    size = (codes != 0).sum(axis=1)
    place = 1 + (rng.random(count) * np.maximum(size - 2, 1)).astype(np.int64)
    kind = np.where(size < 4, -1, rng.integers(0, 4, count))
    column = np.broadcast_to(np.arange(40), codes.shape)
    at = place[:, None]
    source = np.where((kind == 1)[:, None] & (column >= at), column + 1, column)
    source = np.where((kind == 3)[:, None] & (column > at), column - 1, source)
    swap = (kind == 2)[:, None]
    source = np.where(swap & (column == at), column + 1, np.where(swap & (column == at + 1), column - 1, source))
    codes = np.take_along_axis(np.pad(codes, ((0, 0), (0, 1))), source.clip(0, 40), axis=1)
    hit = np.flatnonzero(kind == 0)
    codes[hit, place[hit]] = _neighbours()[codes[hit, place[hit]].clip(0, 65_535)]
    ends = np.where(kind == 2, size, size + 1)  # a swap at the end must not move the word's end inwards
    codes[column >= ends[:, None]] = 0
    return pa.array(np.ascontiguousarray(codes).view("U40").ravel().tolist(), pa.string())


def by_ear(rng: np.random.Generator, words: pa.Array) -> pa.Array:
    """The word as it sounds: one rule a word, the first that fits from a rule drawn on."""
    start = rng.integers(0, len(EAR) - 1, len(words))
    result, done = words, np.zeros(len(words), dtype=np.bool_)
    for step in range(2 * len(EAR)):
        pattern, replacement = EAR[step % len(EAR)]
        due = ~done & (start <= step)
        if not due.any():
            continue
        heard = pc.replace_substring_regex(words, pattern, replacement, max_replacements=1)
        changed = due & pc.not_equal(heard, words).to_numpy(zero_copy_only=False)
        result, done = choose(changed, heard, result), done | changed
    return result


def shortened(words: pa.Array, style: Ints) -> pa.Array:
    """First names cut by a clerk: 0 the first part only, 1 four letters, 2 the initial and a dot."""
    head = pc.replace_substring_regex(words, "[- ].*$", "")
    four = pc.utf8_slice_codeunits(words, 0, 4)
    return choose(style == 0, head, choose(style == 1, four, join(pc.utf8_slice_codeunits(words, 0, 1), ".")))


def swapped(birth: Ints, where: npt.NDArray[np.bool_]) -> Ints:
    """Birth days with day and month swapped where asked and where that gives a date."""
    days = birth.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]")
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    month = (months - years.astype("datetime64[M]")).astype(np.int64) + 1
    other = (
        (years.astype("datetime64[M]") + (np.minimum(day, 12) - 1)).astype("datetime64[D]").astype(np.int64) + month - 1
    )
    return np.where(where & (day <= 12), other, birth)
