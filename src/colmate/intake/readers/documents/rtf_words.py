"""Control words of Rich Text Format (Microsoft's specification 1.9) that a reader of text has to know."""

from __future__ import annotations

from typing import Final

__all__ = ["ASIDE", "CHARSETS", "HIDDEN", "MARKS", "PAGES", "SHOWN", "SYMBOLS"]

# destinations whose text is no text of the document
HIDDEN: Final = frozenset(
    b"fonttbl colortbl stylesheet pict object objdata themedata colorschememapping datastore latentstyles "
    b"listtable listoverridetable rsidtbl generator fldinst bkmkstart bkmkend xmlnstbl pgptbl revtbl filetbl "
    b"panose falt fontemb mmathPr wgrffmtfilter xe tc txe rxe shpinst sn sp sv nonshppict blipuid userprops "
    b"operator company keywords doccomm category manager atnid atnref atntime atnicn atrfstart atrfend "
    b"pnseclvl pntxtb pntxta listtext listname levelnumbers leveltext password passwordhash docvar private "
    b"hlinkbase ffname ffdeftext ffstattext ffhelptext ftnsep ftnsepc aftnsep aftnsepc".split()
)
# destinations written with \* that are text all the same
SHOWN: Final = frozenset({b"shptxt", b"annotation", b"footnote"})
MARKS: Final = {
    b"par": "\n", b"line": "\n", b"sect": "\n\n", b"page": "\n\n", b"tab": "\t", b"emdash": "—", b"endash": "–",
    b"emspace": " ", b"enspace": " ", b"qmspace": " ", b"bullet": "•", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”",
}  # fmt: skip
SYMBOLS: Final = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n", b"\t": "\t"}
# \fcharset (§ font table) to code page
CHARSETS: Final = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "cp936", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
# what stands beside the body
ASIDE: Final = frozenset(b"header headerl headerr headerf footer footerl footerr footerf footnote annotation".split())
# code pages that have a word of their own
PAGES: Final = {b"mac": "mac-roman", b"pc": "cp437", b"pca": "cp850"}
