"""The text of XML: its tags found in the bytes, its elements parsed by expat, what is no XML mended where it is safe.

No document type is ever handed to the parser: elements are cut out of the text and parsed one by one (or many
together) inside an element of our own, so that no entity can be declared, no file or address opened, and an error
ends one record and not the file. Source of the syntax: Extensible Markup Language 1.0 (fifth edition), Namespaces in
XML 1.0.
"""

from __future__ import annotations

import html.entities
import re
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError, XMLParser

from colmate.intake.evidence import Source

__all__ = ["TOKEN", "Parser", "attributes", "local", "plain", "settle_encoding", "soften"]

NAME: Final = rb"[^\x00-\x20/><=\"'&!?][^\x00-\x20/><=\"'&]*+"
ATTRIBUTES: Final = rb"(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+"
# a tag, or the beginning of what is none
TOKEN: Final = re.compile(
    rb"<(?:(?P<open>" + NAME + rb")(?P<attributes>" + ATTRIBUTES + rb")>|/(?P<close>" + NAME + rb")\s*+>"
    rb"|(?P<other>!--|!\[CDATA\[|!|\?))"
)
DECLARATION: Final = re.compile(rb"\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z][\w.:-]{0,40})[\"']")
PREFIX: Final = re.compile(rb"[<\s/]([A-Za-z_\x80-\xff][\w.\x80-\xff-]*):[A-Za-z_\x80-\xff]")
PREFIXES: Final = 1_000
FORBIDDEN: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
# what expat refuses, and can be told to be plain text: a bare & or <, entities that only a document type knows,
# characters that XML 1.0 does not have (section 2.2)
ODD: Final = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,31});|(#[0-9]{1,9}|#x[0-9a-fA-F]{1,8});|)"
    rb"|<(?![A-Za-z_:/!?\x80-\xff])|[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]"
)


def local(name: str) -> str:
    """Return the name of an element or attribute without its namespace ("{uri}name" or "prefix:name")."""
    return name[name.rfind("}") + 1 :].rpartition(":")[2]


def settle_encoding(source: Source) -> None:
    """Let the encoding that the XML declaration names win over the one found, when the text can be in it.

    The bytes tell how wide a character is, and UTF-8 that is well formed is UTF-8 whatever the declaration says: files
    are often converted without it (XML 1.0, appendix F).
    """
    found = DECLARATION.match(source.head.text)
    if found:
        source.declare(found[1].decode("ascii"))


@dataclass
class Parser:
    """Parses elements cut out of a document; ``opening`` declares the prefixes that need a namespace to be parsed."""

    opening: bytes = b"<colmate>"

    def elements(self, text: bytes) -> list[Element]:
        """Return the elements at the top of ``text``; raises `ParseError` when they are not well formed."""
        try:
            return self._parse(text)
        except ParseError as error:
            # 27: a prefix that is declared outside of what was cut
            if error.code != 27 or not self._learn(text):
                raise
            return self._parse(text)

    def _parse(self, text: bytes) -> list[Element]:
        # no document type ever reaches it: what is parsed stands inside of an element
        parser = XMLParser(encoding="utf-8")  # noqa: S314
        parser.feed(self.opening)
        parser.feed(text)
        parser.feed(b"</colmate>")
        root: Element = parser.close()
        return list(root)

    def _learn(self, text: bytes) -> bool:
        """Declare the prefixes in ``text`` from now on; those met before are forgotten, lest they grow without end."""
        prefixes = dict.fromkeys(PREFIX.findall(text))
        declared = b"".join(
            b' xmlns:%b="%b"' % (prefix, prefix)
            for prefix in list(prefixes)[:PREFIXES]
            if prefix not in {b"xml", b"xmlns"}
        )
        known, self.opening = self.opening, b"<colmate" + declared + b">"
        return self.opening != known

    def mended(self, text: bytes) -> tuple[list[Element], int]:
        """Return the elements of ``text`` with what is no XML made plain text, and how often that was needed.

        Raises `ParseError` when that does not help: tags that do not match.
        """
        mended, times = soften(text)
        return self.elements(mended), times


def soften(text: bytes) -> tuple[bytes, int]:
    """Return XML text with bare & and <, unknown entities and forbidden characters made harmless, and their number."""
    parts: list[bytes] = []
    total = place = 0
    while place < len(text):
        begin = text.find(b"<![CDATA[", place)
        end = text.find(b"]]>", begin) if begin >= 0 else -1
        if end < 0:
            begin = end = len(text)
        part, times = ODD.subn(_harmless, text[place:begin])
        section, more = FORBIDDEN.subn(b" ", text[begin:end])
        parts += (part, section)
        total += times + more
        place = end
        if end < len(text):
            parts.append(b"]]>")
            place += 3
    return b"".join(parts), total


def _harmless(found: re.Match[bytes]) -> bytes:
    text = found[0]
    if text == b"<":
        return b"&lt;"
    if found[1]:
        letter = html.entities.html5.get(found[1].decode("ascii") + ";")
        return letter.encode("utf-8") if letter and letter not in "<&" else b"&amp;" + text[1:]
    if found[2]:
        return _reference(found[2])
    return b"&amp;" if text == b"&" else b" "


def _reference(text: bytes) -> bytes:
    number = int(text[2:], 16) if text[1:2] in b"xX" else int(text[1:])
    legal = number in {9, 10, 13} or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0xFFFF < number < 0x110000
    return b"&" + text + b";" if legal else b"\xef\xbf\xbd"


def attributes(parser: Parser, tag: re.Match[bytes]) -> dict[str, str]:
    """Return the attributes of a tag that `TOKEN` found, under their local names, without those of namespaces."""
    text = b"<e " + tag["attributes"].rstrip().removesuffix(b"/") + b"/>"
    try:
        (element,), _ = parser.mended(text)
    except ParseError:
        return {}
    return {local(name): value for name, value in element.attrib.items() if not name.startswith("{http://www.w3.org/")}


def plain(root: Element) -> None:
    """Strip the namespaces from all names in an element, where it stands."""
    for element in root.iter():
        element.tag = local(element.tag)
        if any(name.startswith("{") or ":" in name for name in element.attrib):
            values = list(element.attrib.items())
            element.attrib.clear()
            for name, value in values:
                element.attrib.setdefault(local(name), value)
