"""Plain text that is a letter or a report, not records: the weakest claim of all.

A list of one column is delimited text; so is a column of sentences. Prose shows by what letters have: paragraphs,
a salutation, sentences that run over lines, labels with the patient's identity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.documents.identity import labels_in
from colmate.intake.readers.documents.writing import PART, Content, Desk
from colmate.intake.reading import Chunk, Head, Member, Options

__all__ = ["PROSE", "is_prose", "read_text"]

# above delimited text, the fallback, below everything else
PROSE: Final = 0.35
SEEN: Final = 32 << 10
_SENTENCE: Final = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}+(?:[ ,'’-]++[^\W\d_]++){4}")
_CUE: Final = re.compile(
    r"^[^\S\n]*+(?:madame|monsieur|bonjour|bonsoir|ch[eè]re?s?\s+(?:confr[eè]re|ami|coll[eè]gue|ma[iî]tre|docteur|madame|monsieur)"
    r"|cordialement|confraternellement|bien confraternellement|bien [aà] vous|sinc[eè]res salutations|objet\s*:"
    r"|compte[- ]rendu|ordonnance|certificat|dear\b|hello\b|regards\b|sincerely\b|best regards)",
    re.IGNORECASE | re.MULTILINE,
)
_MARK: Final = re.compile(r"[\t;|]")
# beginnings of what is written by machines: markup, statements, logs, settings
_MACHINE: Final = re.compile(
    r"\s*(?:[<{\[#%\\]|--|/\*|//|insert\b|create\b|select\b|begin:|from \S+@|\d{4}-\d\d-\d\d|MSH\||H\|)", re.IGNORECASE
)


def is_prose(head: Head) -> float:
    """Return `PROSE` for a text that is clearly a letter or report, 0 for anything that may be records."""
    raw = head.text[:SEEN]
    if not raw or b"\0" in raw:
        return 0.0
    text = raw.decode("utf-8", "replace")
    if text.count("\ufffd") > 3 or _MACHINE.match(text):
        return 0.0
    lines = text.splitlines()
    if len(lines) > 1 and not head.whole:
        lines.pop()
    filled = [line for line in lines if line.strip()]
    if not filled or _tabular(filled):
        return 0.0
    sentences = sum(bool(_SENTENCE.search(line)) for line in filled)
    parted = any(not line.strip() for line in lines[1:-1])
    cues = bool(_CUE.search(text))
    labels = labels_in(text)
    prose = sentences >= 0.3 * len(filled) and parted and (cues or (sentences > 1 and _runs_on(filled)))
    form = labels >= 3 and len(filled) <= 400 and not _mostly(filled, ":")
    return PROSE if prose or form or (labels >= 4 and len(filled) <= 60) else 0.0


def _tabular(lines: list[str]) -> bool:
    """Tell whether most lines have the same number of one delimiter: that is a table."""
    if len(lines) < 2:
        return bool(len(_MARK.findall(lines[0])) > 1)
    for mark in "\t;|,":
        counts = [line.count(mark) for line in lines]
        common = max(set(counts), key=counts.count)
        if common and counts.count(common) >= (0.6 if mark != "," else 0.8) * len(lines):
            return True
    return False


def _mostly(lines: list[str], mark: str) -> bool:
    return len(lines) > 60 and sum(mark in line for line in lines) > 0.9 * len(lines)


def _runs_on(lines: list[str]) -> bool:
    """Tell whether sentences end with marks, or go on in the next line: records in a column do neither."""
    ended = sum(line.rstrip().endswith((".", "!", "?", ":", ",", "…")) for line in lines)
    followed = sum(line.lstrip()[:1].islower() for line in lines[1:])
    return followed >= 1 and ended + followed >= 0.4 * len(lines)


def read_text(source: Source, account: Account, _options: Options) -> Iterator[Chunk | Member]:
    """Read a text as documents; one that is very long is several."""
    desk, text, held = Desk(source, account), source.utf8(account), ""
    any_text = False
    while block := text.read(1 << 20):
        account.consume("record", len(block))
        held += block.decode("utf-8", "replace")
        while len(held) > 2 * PART:
            # a part ends with a line
            cut = held.rfind("\n", PART // 2, PART) + 1 or PART
            yield from desk.text(Content(held[:cut]))
            held, any_text = held[cut:], True
    yield from desk.document(Content(held, stopped=text.stopped)) if held.strip() or not any_text else desk.rest()
