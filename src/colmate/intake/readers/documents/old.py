"""Word before 2007 and messages of Outlook: told apart, and said not to be read.

No library that is kept up reads them under a licence that we may use; what to do is said instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.reading import Chunk, Options

__all__ = ["MESSAGE", "WORD", "read_old"]

# names of streams (MS-DOC §2.1, MS-OXMSG §2.2)
WORD: Final = "WordDocument".encode("utf-16-le")
MESSAGE: Final = "__properties_version1.0".encode("utf-16-le")


def read_old(source: Source, _account: Account, _options: Options) -> Iterator[Chunk]:
    """Refuse the file with a sentence that says what to do."""
    if WORD in source.head.raw:
        raise FormatError(f"{source.name} is a Word document from before 2007: save it as .docx or .pdf first")
    raise FormatError(f"{source.name} is a message saved by Outlook: save it as .eml or .mbox first")
    yield  # a reader is a generator
