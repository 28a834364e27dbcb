"""PDF (ISO 32000) with a text layer, by pypdf, within bounds of pages, of bytes inflated and of operations run.

A page that cannot be read costs its own text, not the document's. What is drawn (scans) is not read: such a document
has a record without text.
"""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, WrongPasswordError

from colmate.intake.accounting import Account
from colmate.intake.evidence import Source
from colmate.intake.readers.documents.pdf_repair import LARGEST, rebuilt
from colmate.intake.readers.documents.writing import VERBATIM, Content, Desk, refuse
from colmate.intake.reading import Chunk, Member, Options
from colmate.intake.values import text_of

__all__ = ["read_pdf"]

# the library's warnings repeat words of the document
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)

PAGES: Final = 5_000
# characters of text: as much as a document of that many pages holds
TEXT: Final = 32 << 20
# operations of all pages of a document; a drawn form costs as many as it may hold before it is looked at
OPERATIONS: Final = 8_000_000
# seconds of the processor that one document may take, looked at between its pages
SECONDS: Final = 180.0
# files embedded in a document, and their bytes
FILES: Final = 100
EMBEDDED: Final = 64 << 20
FORM: Final = 10_000
PAGE: Final = 1_000
STREAM: Final = 16 << 20
BOUNDS: Final[dict[str, Any]] = {
    "zlib_maximum_output_length": STREAM,
    "lzw_maximum_output_length": STREAM,
    "run_length_maximum_output_length": STREAM,
    "array_based_stream_maximum_output_length": STREAM,
    "stream_decoding_work_maximum_length": 4 * STREAM,
    "stream_parsing_work_maximum_count": 500_000,
    "page_tree_maximum_entries": 20_000,
    "page_tree_maximum_page_entries": 200_000,
    "xform_maximum_invocations_per_extraction": 200,
    # no program of the machine is started
    "jbig2dec_binary": None,
}
# besides its own errors the library lets through what a damaged file makes of its assumptions
FAULTS: Final = (Exception,)


class _Budget:
    """Counts the operations of all pages, and stops the document that has too many."""

    def __init__(self) -> None:
        self.left = OPERATIONS
        self._end = time.process_time() + SECONDS

    def __call__(self, operator: object, operands: object, *_state: object) -> None:
        shown = operands[0] if isinstance(operands, list) and operands else None
        self.left -= FORM if operator == b"Do" else 1 + (len(shown) if isinstance(shown, list) else 0)
        if self.left < 0:
            raise LimitReachedError("too many operations")

    def page(self) -> bool:
        """Begin a page; False when there is nothing left for it."""
        self.left -= PAGE
        return self.left > 0 and time.process_time() < self._end


def read_pdf(source: Source, account: Account, options: Options) -> Iterator[Chunk | Member]:
    """Read a PDF document."""
    begin = source.head.raw[:VERBATIM]
    with apply_configuration(**BOUNDS), source.whole() as file:
        content = _content(file, options.password, account)
    if isinstance(content, str):
        yield from refuse(source, account, begin, content)
        return
    content.stopped = content.stopped or source.stopped
    yield from Desk(source, account).document(content)


def _content(file: BinaryIO, password: str | None, account: Account) -> Content | str:
    """Return what the document holds, or the code of the reason why it cannot be read."""
    try:
        reader, count = _opened(file, account)
        if reader is None:
            return "damaged_document"
        # many are encrypted with an empty password, only to forbid their printing
        if reader.is_encrypted:
            if not any(reader.decrypt(one) for one in ("", password or "")):
                return "encrypted_document"
            count = len(reader.pages)
    except (FileNotDecryptedError, WrongPasswordError, DependencyError):
        return "encrypted_document"
    except FAULTS:
        return "damaged_document"
    content, unreadable = _pages(reader, count)
    account.note("pages_unreadable", unreadable)
    if unreadable and unreadable == count:
        return "damaged_document"
    _forms(reader, content)
    _properties(reader, content)
    _files(reader, content)
    return content


def _opened(file: BinaryIO, account: Account) -> tuple[PdfReader | None, int]:
    """Return the document and its number of pages (0 while it is encrypted), mended where it lacks its table."""
    try:
        reader = PdfReader(file)
        count = 0 if reader.is_encrypted else len(reader.pages)
        if count or reader.is_encrypted:
            return reader, count
    except (FileNotDecryptedError, WrongPasswordError, DependencyError):
        raise
    except FAULTS:
        # seen to below
        pass
    file.seek(0)
    data = rebuilt(file.read(LARGEST + 1))
    if data is None:
        return None, 0
    account.note("document_rebuilt")
    reader = PdfReader(io.BytesIO(data))
    return reader, len(reader.pages)


def _pages(reader: PdfReader, count: int) -> tuple[Content, int]:
    """Return the text of the pages, and how many of them could not be read."""
    budget, content = _Budget(), Content()
    texts: list[str] = []
    size = unreadable = 0
    for number in range(count):
        if number >= PAGES or size > TEXT or not budget.page():
            content.stopped = "document_too_large"
            break
        try:
            text = reader.pages[number].extract_text(visitor_operand_before=budget)
        except LimitReachedError:
            content.stopped = "document_too_large"
            continue
        except FAULTS:
            unreadable += 1
            continue
        size += len(text)
        texts.append(text.rstrip())
    content.text = "\n\n".join(texts)
    return content, unreadable


def _forms(reader: PdfReader, content: Content) -> None:
    """Add what was typed into the fields of a form: it is drawn apart from the page's text."""
    try:
        fields = reader.get_form_text_fields() or {}
    except FAULTS:
        return
    filled = [
        f"{name} : {value}"
        for name, value in list(fields.items())[:2_000]
        if isinstance(value, str) and value.strip() and len(value) < 100_000
    ]
    if filled:
        content.text += "\n\n" + "\n".join(filled)


def _properties(reader: PdfReader, content: Content) -> None:
    """Take title, author and date of creation (document information dictionary, ISO 32000-1 §14.3.3)."""
    try:
        known = reader.metadata
        if known is None:
            return
        content.title, content.author = (str(one or "")[:1_000] for one in (known.title, known.author))
        content.created = text_of(known.creation_date)
    except FAULTS:
        return


def _files(reader: PdfReader, content: Content) -> None:
    """Take the files that are embedded (ISO 32000-1, §7.11.4): invoices, or the document in another format."""
    size = 0
    try:
        for one, _ in zip(reader.attachment_list, range(FILES), strict=False):
            data = one.content
            size += len(data)
            if size > EMBEDDED:
                content.stopped = content.stopped or "document_too_large"
                return
            content.files.append((str(one.name or "")[:1_000], data))
    except FAULTS:
        return
