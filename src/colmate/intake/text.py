"""The text of a stream as the readers want it: ASCII characters one byte each, the delimiter a single byte.

A file in UTF-16 or UTF-32 becomes UTF-8; a delimiter of several bytes becomes one control character. `Text` also
tells what a stretch of that text was in the file: its bytes and how many they are.
"""

from __future__ import annotations

import codecs
from typing import Final

from colmate.intake.encoding import Encoding

__all__ = ["STAND_INS", "Text"]

STAND_INS: Final = (b"\x1f", b"\x1e", b"\x1d", b"\x1c", b"\x02", b"\x03", b"\x04", b"\x05")


class Text:
    """Turns the blocks of a stream into text and stretches of text back into the file's bytes.

    ``long`` is a delimiter of several bytes (or of one beyond ASCII), and ``stand_in`` what replaces it.
    """

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.long = b""
        self.stand_in = b""
        self.tail = 0
        self._held = b""
        self._decoder = codecs.getincrementaldecoder(encoding.name)("surrogatepass") if encoding.wide else None

    def stand(self, long: bytes, stand_in: bytes) -> None:
        """Replace ``long`` by ``stand_in`` in all text to come."""
        self.long, self.stand_in = long, stand_in

    def widen(self, raw: bytes, *, final: bool) -> bytes:
        """Return the text of the next block of the stream. Incomplete characters wait for the next block.

        At the very end an incomplete character is left out: `tail` has its bytes.
        """
        if self._decoder is None:
            return raw
        raw, unit = self._held + raw, self.encoding.unit
        whole = len(raw) // unit * unit
        self._held = raw[whole:]
        if final:
            self.tail, self._held = len(self._held), b""
        try:
            text = self._decoder.decode(raw[:whole], final)
        except UnicodeDecodeError:
            # code points that do not exist (UTF-32 only)
            text = raw[:whole].decode(self.encoding.name, "replace")
        return text.encode("utf-8", "surrogatepass")

    def substitute(self, text: bytes, *, final: bool) -> tuple[bytes, bytes]:
        """Return ``text`` with the long delimiter replaced, and what must wait for the next block."""
        if not self.long:
            return text, b""
        kept = len(text) if final else len(text.rstrip(self.long))
        return text[:kept].replace(self.long, self.stand_in), text[kept:]

    def verbatim(self, text: bytes) -> bytes:
        """Return the file's bytes of a stretch of text."""
        if self.long:
            text = text.replace(self.stand_in, self.long)
        if not self.encoding.wide:
            return text
        return text.decode("utf-8", "surrogatepass").encode(self.encoding.name, "surrogatepass")

    def size(self, text: bytes) -> int:
        """Return how many bytes of the file a stretch of text was."""
        if not self.encoding.wide:
            return len(text) + (len(self.long) - 1) * text.count(self.stand_in) if self.long else len(text)
        return len(self.verbatim(text))
