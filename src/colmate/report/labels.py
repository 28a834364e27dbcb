"""Make a name that comes from the file safe to show: column names, controllers' labels, file names, titles.

Escaping is the template's work. What is done here is what escaping leaves: characters that hide, reverse or
forge what a reader sees (Unicode Technical Report 36, section 2; "Trojan Source", Boucher and Anderson 2021), names
too long for a table, and leading characters that a spreadsheet takes for a formula when a table is pasted into it
(OWASP, "CSV Injection").
"""

from __future__ import annotations

import unicodedata

__all__ = ["LABEL_LENGTH", "TITLE_LENGTH", "label"]

LABEL_LENGTH = 60
TITLE_LENGTH = 120
COMBINING_LENGTH = 3

# Control, format (bidirectional overrides, zero-width), surrogate, private, unassigned, line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORMULA = ("=", "+", "-", "@")


def _visible(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"[U+{code:04X}]" if unicodedata.category(character) in _HIDDEN else character


def label(text: str, length: int = LABEL_LENGTH) -> str:
    """Return ``text`` as one short line in which every character can be seen.

    Hidden characters become their symbol (``␀``) or code (``[U+202E]``); more than three combining marks in a row are
    dropped; at most ``length`` characters remain, the last one ``…`` where something was cut. An apostrophe
    stands before what a spreadsheet would take for a formula. An empty name becomes ``∅``.
    """
    shown: list[str] = []
    marks = size = 0
    for character in text[: 4 * length]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > COMBINING_LENGTH:
            continue
        shown.append(_visible(character))
        size += len(shown[-1])
        if size > length:
            break
    line = "".join(shown).strip()
    line = f"'{line}" if line.startswith(_FORMULA) else line
    cut = len(line) > length or len(text) > 4 * length
    return f"{line[: length - 1]}…" if cut else line or "∅"
