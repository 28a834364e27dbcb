"""Documents: a record each in the table `documents`, with its text, its properties and whose it is.

Tables within documents are tables of their own that refer to it; a page that is nothing but a table is read as one.
"""

from __future__ import annotations

from colmate.intake.readers.documents import sniffing
from colmate.intake.readers.documents.docx import read_docx
from colmate.intake.readers.documents.export import read_export
from colmate.intake.readers.documents.html import read_html
from colmate.intake.readers.documents.odt import read_odt
from colmate.intake.readers.documents.old import read_old
from colmate.intake.readers.documents.pdf import read_pdf
from colmate.intake.readers.documents.plain import read_text
from colmate.intake.readers.documents.rtf import read_rtf
from colmate.intake.reading import Format

__all__ = ["FORMATS"]

FORMATS = (
    Format("pdf", sniffing.pdf, read_pdf, family=True, group="documents"),
    Format("docx", sniffing.word, read_docx, family=True, group="documents"),
    Format("odt", sniffing.odt, read_odt, family=True, group="documents"),
    Format("rtf", sniffing.rtf, read_rtf, family=True, group="documents"),
    Format("html", sniffing.html, read_html, family=True, group="documents"),
    Format("html_table", sniffing.export, read_export, ahead=True),
    Format("text", sniffing.text, read_text, family=True, group="documents"),
    Format("ole_document", sniffing.ole, read_old, family=True, group="documents"),
)
