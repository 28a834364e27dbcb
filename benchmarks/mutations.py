"""What the fuzzer starts from and how it changes it: seeds, words of each format, and mutations below the outer layer.

A byte changed in a zip archive breaks a checksum, and what lies within is never reached. So an archive is opened,
one of its parts is changed, and it is packed anew; where a format has checksums of its own, they are made right again.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

__all__ = ["ACROSS", "mutated", "seeds", "tokens"]

Change = Callable[[bytes], bytes]
# the longest content that the fuzzer changes
LONGEST = 65_536
LARGE = [b"2147483647", b"4294967295", b"18446744073709551615", b"-1", b"1e999", b"1048576"]
# the smallest things that a format gives a meaning to; the mutator puts them anywhere
WORDS: dict[str, str] = {
    "csv": '; , | \t "" \\" \r \r\n sep=; NULL ""; \x00 \xff\xfe \xef\xbb\xbf',
    "sql": "INSERT␣INTO VALUES COPY FROM␣stdin; \\. (' '),( ), '' \\' /*! */ /* -- # GO N' _binary 0x X' E' $$ $a$ "
    "CREATE␣TABLE PRIMARY␣KEY REFERENCES DELIMITER BEGIN END; DEFAULT to_date( CAST( NULL ` [ ] CONVERT( CSV HEADER "
    "ALTER␣TABLE LOCK␣TABLES REPLACE SELECT UNION␣ALL char( || CREATE␣PROCEDURE INSERT␣ALL SET␣IDENTITY_INSERT",
    "json": '{ } [ ] , : " \\u0000 \\ud800 null true {"$oid":" {"$date": {"$numberLong":" {"_index":"a"} {"_source": NaN '
    'resourceType "hits":{"hits":[ [[[[[[[[ {"a":{"a":{"a": ]}]} \\" -0.0 1e400',
    "fhir": '"resourceType": "Bundle" "Patient" "contained": "reference": "#1" "identifier": "system": "extension": '
    '"url": "valueDecimal": "entry": "resource": "Observation" "Binary" "data": "attachment": [ ] { } null',
    "xml": "<![CDATA[ ]]> <!DOCTYPE␣a[ <!ENTITY␣a␣'b'> &a; &#0; &#x110000; <?xml␣version='1.0'␣encoding=' utf-16 <!-- --> "
    "</ /> < > xmlns:a=' <a> </a> <a␣b=' ?> ]>",
    "hl7v2": "MSH|^~\\& PID| \r \n \x0b \x1c OBX|1|ED| ^Base64^ \\F\\ \\X41\\ \\.br\\ ~ ^ & FHS| BHS| BTS| NTE| ZBE| 8859/1 "
    "MSH|||||| \r\r ADD| DSC|",
    "hprim": "H|~^\\& P| OBR| OBX| A| C| L| | ~ ^ \r H2.1 \r\nA|",
    "hprim_medecin": "****LAB**** ****FIN**** ****FINFICHIER**** RES| TEX| \r\n &eacute; | F|",
    "mail": "Content-Type: multipart/mixed; boundary= --b --b-- base64 quoted-printable message/rfc822 =?utf-8?b? ?= =?a?q? "
    "charset= filename*0*= utf-7 punycode From␣ \n\nFrom␣a \r\n Content-Transfer-Encoding: x-uuencode begin␣644␣a",
    "vcard": "BEGIN:VCARD END:VCARD ENCODING=QUOTED-PRINTABLE: ENCODING=b: ;CHARSET= \r\n\x20 VERSION:2.1 VERSION:4.0 =\r\n "
    "N: PHOTO; AGENT: \\n item1.TEL: =3D",
    "ldif": "dn: dn:: changetype: add delete: -\n : :: :< \n\x20 version: # objectClass: \n\n",
    "html": "<table> <tr> <td> <th> </table> colspan=99999 rowspan=99999 <!-- --> <script> </ &amp; &#99999999; <br> <p> "
    "<![endif]--> <meta␣charset= <title>",
    "rtf": "{ } \\bin9 \\bin999999999 \\u-1? \\'ff \\par \\trowd \\cell \\row \\object \\pict \\fonttbl \\uc9 \\ansicpg437 "
    "{\\* \\intbl \\mac \\cellx9 \\nestcell \\nesttableprops \\field \\fldinst",
    "pdf": "obj endobj stream endstream xref trailer startxref /Length /Filter /FlateDecode /ASCIIHexDecode /LZWDecode "
    "/ASCII85Decode /RunLengthDecode /Kids[2␣0␣R] /Parent␣2␣0␣R /Prev␣0 /Encrypt /ObjStm /XRef /DecodeParms /Predictor "
    "/Columns << >> [ ] ( ) Tj TJ Td BT ET Do /Form /XObject /ToUnicode /Type0 0␣R /W[1␣9␣9] /Root /Pages /Size",
    "package": "<w:tbl> <w:tr> <w:tc> <w:gridSpan␣w:val= <w:txbxContent> <w:vMerge/> <!DOCTYPE t= r= <c <row <mergeCell␣ref= "
    "A1:XFD1048576 table:number-columns-repeated= table:number-rows-repeated= <text:p> <table:table␣ <table:covered-table-cell "
    "sharedStrings <si> <t> <v> s= count= dimension text:c= <text:s␣ spans= table:number-columns-spanned=",
    "pgdump": "PGDMP TABLE␣DATA TABLE ENCODING COPY␣t␣(a,b)␣FROM␣stdin;\n \\. \x00\x00\x00\x00\x00 \x01 \x03 CONSTRAINT",
}  # fmt: skip
LIKE = {
    "jsonl": "json", "cda": "xml", "hprim_xml": "xml", "docx": "package", "odt": "package", "xlsx": "package",
    "xlsb": "package", "ods": "package", "html_table": "html", "text": "csv", "fixed": "csv", "gzip": "csv",
    "bzip2": "csv", "xz": "csv", "zstd": "csv", "nested": "mail", "any": "json",
}  # fmt: skip
SQL = b"""SET IDENTITY_INSERT [dbo].[p] ON\r\nGO\r\nINSERT [dbo].[p] ([id], [nom]) VALUES (1, N'L''Hour')\r\nGO\r
INSERT ALL INTO p (a,b) VALUES (1,to_date('02/01/1950','DD/MM/YYYY')) INTO p (a,b) VALUES (2,null) SELECT * FROM dual;
PRAGMA foreign_keys=OFF;BEGIN TRANSACTION;INSERT INTO "s" VALUES(1,replace('a\\nb','\\n',char(10)),X'00');COMMIT;
COPY t (a,b) FROM stdin WITH (FORMAT csv, HEADER, DELIMITER ';');\na;b\n1;"x""y"\n\\.
CREATE OR REPLACE FUNCTION f() RETURNS int AS $b$ BEGIN; SELECT 1; END $b$ LANGUAGE plpgsql;
INSERT INTO t SELECT 1,'a' UNION ALL SELECT 2,CAST(N'b' AS varchar(9));\nDELIMITER ;;\nCREATE TRIGGER x BEGIN END;;\nDELIMITER ;
"""
MBOX = (
    b"From a@example.fr Mon Jan  1 10:00:00 2024\nFrom: a@example.fr\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
    b"Content-Type: message/rfc822\n\nSubject: s\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A9\n>From b\n--x--\n\n"
    b"From b@example.fr Mon Jan  1 10:00:00 2024\nSubject: t\nContent-Type: application/zip; name*0*=utf-8''a; name*1=b\n"
    b"Content-Transfer-Encoding: base64\n\nUEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==\n"
)
MORE: dict[str, list[bytes]] = {
    "sql": [SQL],
    "mail": [MBOX],
    "vcard": [
        b"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Bl=E0nc;L=\n=E9a\nPHOTO;ENCODING=BASE64:\n "
        b"AAAA\n\nEND:VCARD\nBEGIN:VCARD\nVERSION:4.0\nitem1.TEL;VALUE=uri:tel:+33199000001\nADR:;;1 rue X;Ville;;56000;\n"
        b"AGENT:BEGIN:VCARD\nEND:VCARD\nEND:VCARD\n"
    ],
    "ldif": [b"dn: uid=a\nchangetype: modify\nadd: mail\nmail: a@example.fr\n-\nreplace: sn\nsn:: Um91eA==\n f\n-\n\n# c\n d\n"],
    "rtf": [
        rb"{\rtf1\mac{\*\generator x;}\trowd\cellx9\cellx99 nom\cell age\cell\row\trowd\cellx9 Roux\intbl\cell 41\cell\row"
        rb"{\pict\bin4 abcd}{\field{\*\fldinst HYPERLINK}{\fldrslt lien}}\uc2\u233??\'e9\par}"
    ],
    "html_table": [b"<table border=1><tr><td>nom</td><td>age</td></tr><tr><td colspan=2>Roux</td></tr><tr><td>a</table>"],
    "text": [b"Patient : Anne Roux\nN\xc3\xa9e le 02/01/1950\n\nCompte rendu\n\nToux.\n"],
    "ole_document": [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 24 + b"\xfe\xff\x09\0\x06\0" + b"\0" * 1500],
    "fixed": [b"290000017ROUX        194102288\n290000017L\xc3\xa9A         194102288\n"],
}  # fmt: skip
# those that take the whole path, from the file on the disk: what is packed, what is told apart, delimited text
PACKERS: dict[str, Change] = {
    "gzip": lambda data: gzip.compress(data, 1),
    "bzip2": bz2.compress,
    "xz": lambda data: lzma.compress(data, preset=0),
    "zstd": lambda data: bytes(pa.compress(data, codec="zstd", asbytes=True)),
}
ACROSS = ("any", "csv", "nested", *PACKERS)
ZIPS = ("zip", "docx", "odt", "xlsx", "xlsb", "ods", "nested")


def seeds(name: str) -> list[bytes]:
    """Return the contents that the fuzzing of a format starts from."""
    from tests.intake.readers.samples import SAMPLES
    from tests.intake.readers.test_sql_properties import archive

    if name in PACKERS:
        packed = PACKERS[name](SAMPLES["csv"])
        return [packed, packed + packed, PACKERS[name](PACKERS["gzip"](SAMPLES["sql"]))]
    if name == "nested":
        return [_zipped([(f"a.{one}", SAMPLES[one]) for one in ("zip", "tar", "mail", "csv", "jsonl")])]
    if name == "any":
        return list(SAMPLES.values())
    if name == "pgdump":
        return [archive(b"1\ta\n\\.\n", 12, 0), archive(b"1\ta\n\\.\n", 14, 1), archive(b"1\ta\n\\.\n", 16, 3)]
    if name == "7z":
        return [SAMPLES[name], _seven(SAMPLES["csv"])]
    if name == "xls":
        return _public(".xls")
    return [*([SAMPLES[name]] if name in SAMPLES else []), *MORE.get(name, [])]


def _public(ending: str) -> list[bytes]:
    """Return the public files of a format that nothing here writes, where they lie at hand."""
    shared = Path(os.environ.get("COLMATE_SHARED_DATA", "/nonexistent"))
    contents = [path.read_bytes() for path in sorted(shared.rglob(f"*{ending}"))]
    for path in sorted(shared.rglob("messytables-horror.tar.xz")):
        with tarfile.open(path) as archive:
            members = [one for one in archive if one.isfile() and one.name.endswith(ending)]
            contents += [data.read() for one in members if (data := archive.extractfile(one)) is not None]
    return [content for content in contents if len(content) < LONGEST]


def tokens(name: str) -> list[bytes]:
    """Return words that have a meaning in a format."""
    words = WORDS.get(LIKE.get(name, name), "").split(" ")
    return [word.replace("␣", " ").encode("latin-1") for word in words if word] + LARGE


def mutated(name: str, data: bytes, change: Change, seed: int) -> bytes:
    """Return ``data`` changed below its outer layer, or (one time in four, or where there is none) as it lies there."""
    chance = random.Random(seed)  # noqa: S311
    words = tokens(name)

    def within(part: bytes) -> bytes:
        if chance.random() < 0.5:
            return change(part)
        place = chance.randrange(len(part) + 1)
        end = place + chance.choice((0, 0, 1, 4, 20))
        return part[:place] + chance.choice(words) * chance.choice((1, 1, 1, 2, 50)) + part[end:]

    layer = _layer(name)
    if layer is None or chance.random() < 0.25:
        return within(data)
    try:
        return layer(data, within, chance)
    except Exception:  # what no longer can be opened is changed as it is
        return within(data)


Layer = Callable[[bytes, Change, random.Random], bytes]


def _layer(name: str) -> Layer | None:
    if name in PACKERS:
        return lambda data, change, _: PACKERS[name](change(_unpacked(name, data)))
    if name in ZIPS:
        return _in_zip
    return {"7z": _in_seven, "tar": _in_tar, "pdf": _in_pdf}.get(name)


def _unpacked(name: str, data: bytes) -> bytes:
    if name == "zstd":
        return bytes(pa.CompressedInputStream(pa.BufferReader(data), "zstd").read(1 << 20))
    return {"gzip": gzip.decompress, "bzip2": bz2.decompress, "xz": lzma.decompress}[name](data)


def _zipped(parts: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts:
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return buffer.getvalue()


def _in_zip(data: bytes, change: Change, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(one.filename, archive.read(one)) for one in archive.infolist() if one.file_size < 1 << 20]
    place = chance.randrange(len(parts))
    name, content = parts[place]
    if chance.random() < 0.1:
        parts[place:] = chance.choice(([], parts[place + 1 :], parts[place:] * 2))
    else:
        parts[place] = (name, _in_zip(content, change, chance) if content[:2] == b"PK" else change(content))
    return _zipped(parts)


def _seven(content: bytes) -> bytes:
    """Return an archive whose list of members is not packed."""
    import py7zr  # later than what counts its branches

    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", filters=[{"id": py7zr.FILTER_COPY}]) as archive:
        archive.set_encoded_header_mode(False)
        archive.writestr(content, "a.csv")
        archive.writestr(content, "b.csv")
    return buffer.getvalue()


def _in_seven(data: bytes, change: Change, chance: random.Random) -> bytes:
    begin, size = struct.unpack_from("<QQ", data, 12)
    body, listed = data[32 : 32 + begin], data[32 + begin : 32 + begin + size]
    body, listed = (body, change(listed)) if chance.random() < 0.8 else (change(body), listed)
    start = struct.pack("<QQL", len(body), len(listed), zlib.crc32(listed))
    return data[:8] + struct.pack("<L", zlib.crc32(start)) + start + body + listed


def _in_tar(data: bytes, change: Change, chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        entry = tarfile.TarInfo(chance.choice(("a.csv", "../b", "c" * 300, "é" * 99)))
        entry.type, entry.size = chance.choice([b"0", b"2", b"3", b"x", b"g", b"L", b"K", b"S", b"5"]), len(data)
        return entry.tobuf(chance.choice((tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT))) + data
    changed = bytearray(change(data))
    for found in re.finditer(rb"ustar", bytes(changed)):
        begin = found.start() - 257
        if begin >= 0 and begin + 512 <= len(changed):
            changed[begin + 148 : begin + 156] = b" " * 8
            changed[begin + 148 : begin + 156] = b"%06o\0 " % sum(changed[begin : begin + 512])
    return bytes(changed)


def _in_pdf(data: bytes, change: Change, chance: random.Random) -> bytes:
    """Change one object, and say the right length of its stream."""
    objects = re.split(rb"(?<=endobj)", data)
    place = chance.randrange(len(objects))
    objects[place] = change(objects[place])
    if (found := re.search(rb"stream\r?\n(.*)endstream", objects[place], re.DOTALL)) and chance.random() < 0.8:
        objects[place] = re.sub(rb"/Length \d+", b"/Length %d" % len(found[1]), objects[place])
    return b"".join(objects)
