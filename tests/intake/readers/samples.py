"""A small invented content for each format: what mutations and the fuzzer start from."""

from __future__ import annotations

import base64
import io
import sqlite3
import tarfile
import zipfile

import py7zr
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

from .workbooks import xlsb

__all__ = ["SAMPLES"]

TABLE = pa.table({"nom": ["Roux", "Blanc"], "naissance": ["1950-01-02", "2001-12-30"], "poids": [61.5, None]})

SQL = b"""-- MySQL dump 10.13
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE `patients` (`id` int NOT NULL, `nom` varchar(40), `rques` text, `photo` blob, PRIMARY KEY (`id`));
INSERT INTO `patients` VALUES (1,'Roux','l\\'a dit : \\"rien\\"\\n',0x4142),(2,'Blanc',NULL,_binary 'x'),(3,'L''Hour','',X'00');
CREATE TABLE sejour (id int primary key, patient int references patients(id), motif varchar(9));
INSERT INTO sejour (id, patient, motif) VALUES (10,1,'toux'),(11,2,N'otite');
COPY public.notes (id, texte) FROM stdin;
1\tbien\\tport\\u00e9
2\t\\N
\\.
"""
JSON = b"""{"patients": [{"_id": {"$oid": "5f"}, "nom": "Roux", "sejours": [{"n": 1, "motif": "toux"}, {"n": 2}]},
{"_id": {"$oid": "60"}, "nom": "Bl\\u00e0nc", "poids": 61.50, "tel": ["0199000001", "0639980002"]}], "vide": []}"""
LINES = (
    b"""{"id": 1, "nom": "Roux", "d": {"a": [1, 2], "b": null}}\n{"id": 2, "nom": "Blanc", "nir": 185057512345678}\n"""
)
FHIR = b"""{"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "1",
"name": [{"use": "official", "family": "Roux", "given": ["Anne", "Lise"]}], "birthDate": "1950-01-02"}},
{"resource": {"resourceType": "Condition", "id": "c", "subject": {"reference": "urn:uuid:1"}, "code": {"text": "toux"}}}]}"""
XML = b"""<?xml version="1.0" encoding="UTF-8"?><dataset><patient id="1"><nom>Roux</nom><acte code="a"/><acte code="b"/></patient>
<patient id="2"><nom>Bl&#224;nc</nom><note><![CDATA[x < y]]></note></patient></dataset>"""
CDA = b"""<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>CR</title><recordTarget><patientRole>
<id extension="185057512345678" root="1.2.250.1.213.1.4.8"/><patient><name><given>Anne</given><family qualifier="BR">Roux</family>
</name><birthTime value="19500102"/></patient></patientRole></recordTarget><component><structuredBody><component><section>
<text>Toux <b>seche</b></text></section></component></structuredBody></component></ClinicalDocument>"""
HPRIM_XML = b"""<?xml version="1.0" encoding="ISO-8859-1"?><evenementsPatients xmlns="http://www.hprim.org/hprimXML"><enteteMessage>
<identifiantMessage>1</identifiantMessage></enteteMessage><evenementPatient><patient><identifiant><emetteur><valeur>7</valeur>
</emetteur></identifiant><personnePhysique sexe="F"><nomUsuel>Roux</nomUsuel><prenoms><prenom>Anne</prenom></prenoms>
<dateNaissance><date>1950-01-02</date></dateNaissance></personnePhysique></patient></evenementPatient></evenementsPatients>"""
HL7 = (
    b"MSH|^~\\&|LAB|A|B|C|20240102||ORU^R01|1|P|2.5|||||FRA|8859/1\rPID|1||7^^^ETAB&1.2.250.1.99.1&ISO^PI||"
    b"ROUX^ANNE^^^^^L~BLANC^ANNE^^^^^D||19500102|F\rPV1|1|O\rOBR|1||9|NFS\rOBX|1|NM|718-7^Hb^LN||13\\.br\\2|g/dL\r"
    b"NTE|1||a jeun\rMSH|^~\\&|LAB|A|B|C|20240102||ADT^A01|2|P|2.5\rPID|1||8||PETIT^JEAN||19600203|M\rNK1|1|PETIT^EVE|SPO\r"
)
HPRIM = (
    b"H|~^\\&|f.hpr||LAB~Labo||ORU||||MED||P|H2.1~C|202401020304\rP|1|7|8||ROUX~ANNE||19500102|F||1 RUE X~~VILLE~~56000\r"
    b"OBR|1|9||NFS~Numeration~L\rOBX|1|NM|HB~Hemoglobine~L||13|g/l\rC|1|L|a jeun\rA|suite\rL|1\r"
)
MEDECIN = (
    "7\r\nROUX\r\nAnne\r\n1 rue X\r\n\r\n56000 VANNES\r\n02/01/1950\r\n250015626012345\r\n99\r\n03/02/2024\r\nLAB Labo\r\n"
    "MED Dr Petit\r\nBonjour,\r\nrésultat &eacute;gal\r\n****LAB****\r\nRES|Hb|HB|F|13|g/l|12|16|N|F|\r\n****FIN****\r\n"
    "****FINFICHIER****\r\n"
).encode("cp1252")
MAIL = (
    b"From: Anne Roux <anne@example.fr>\r\nTo: b@example.fr\r\nSubject: =?utf-8?q?r=C3=A9sultat?=\r\nDate: Mon, 1 Jan 2024 10:00:00 +0100\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n'
    b'--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename="a.csv"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.b64encode(b"nom;age\nRoux;41\n")
    + b"\r\n--b--\r\n"
)
VCARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Roux;Anne;;;\r\nFN:Anne Roux\r\nTEL;TYPE=cell:0639980001\r\nNOTE:a\\nb\r\n c\r\nEND:VCARD\r\n"
LDIF = b"version: 1\ndn: uid=ar,dc=example,dc=fr\nobjectClass: person\nuid: ar\ncn:: Um91eA==\nuserPassword: {SSHA}x\n\ndn: uid=b\nuid: b\n"
HTML = b"""<!doctype html><html><body><h1>Liste</h1><table><tr><th>nom</th><th>age</th></tr><tr><td>Roux</td><td>41</td></tr>
<tr><td>Bl&agrave;nc</td><td>7</td></tr></table><p>Patient : M. Paul Roux</p><script>x()</script></body></html>"""
RTF = rb"{\rtf1\ansi\ansicpg1252 {\fonttbl{\f0 Arial;}}\f0 Patient : Anne Roux\par n\'e9e le 02/01/1950 \u233? fin}"
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 38>>stream
BT /F 9 Tf 9 9 Td (Patient Roux) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
SHEET_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _zip(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            # OpenDocument asks for its first member to lie there as it is
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return buffer.getvalue()


def _docx() -> bytes:
    row = (
        "<w:tr><w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    )
    body = "<w:p><w:r><w:t>Patient : Anne Roux</w:t></w:r></w:p><w:tbl>" + "".join(
        row.format(*cells) for cells in (("nom", "age"), ("Roux", "41"), ("Blanc", "7"))
    )
    return _zip(
        {
            "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:tbl></w:body></w:document>",
        }
    )


def _xlsx() -> bytes:
    rows = "".join(
        f'<row r="{r}">' + "".join(f'<c r="{c}{r}" t="inlineStr"><is><t>{t}</t></is></c>' for c, t in zip("AB", cells, strict=True)) + "</row>"
        for r, cells in enumerate((("nom", "age"), ("Roux", "41"), ("Blanc", "7")), 1)
    )  # fmt: skip
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return _zip(
        {
            "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
            f'PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/></Types>',
            "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
            f'Id="r" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook {SHEET_MAIN} xmlns:r="{RELATIONS}"><sheets><sheet name="F" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/s.xml"/></Relationships>',
            "xl/worksheets/s.xml": f"<worksheet {SHEET_MAIN}><sheetData>{rows}</sheetData></worksheet>",
        }
    )


def _opendocument(kind: str, body: str) -> bytes:
    names = " ".join(f'xmlns:{short}="{OFFICE}{short}:1.0"' for short in ("office", "text", "table"))
    return _zip(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {names}><office:body><office:{kind}>{body}</office:{kind}></office:body>"
            "</office:document-content>",
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def _ods() -> bytes:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        "<table:table-row>" + "".join(cell.format(text) for text in cells) + "</table:table-row>"
        for cells in (("nom", "age"), ("Roux", "41"), ("Blanc", "7"))
    )
    return _opendocument("spreadsheet", f'<table:table table:name="F">{rows}</table:table>')


def _sqlite() -> bytes:
    with sqlite3.connect(":memory:") as base:
        base.executescript(
            "create table p (id integer primary key, nom text); insert into p values (1,'Roux'),(2,x'00ff');"
            "create table s (id int, p int references p(id)); insert into s values (1,1);"
        )
        data = base.serialize()
    base.close()
    return data


def _arrow(writer: str) -> bytes:
    sink = io.BytesIO()
    if writer == "parquet":
        parquet.write_table(TABLE, sink)
    elif writer == "feather":
        feather.write_feather(TABLE, sink, compression="uncompressed")
    else:
        with pa.ipc.new_stream(sink, TABLE.schema) as stream:
            stream.write_table(TABLE)
    return sink.getvalue()


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("a.csv")
        entry.size = 16
        archive.addfile(entry, io.BytesIO(b"nom;age\nRoux;41\n"))
    return buffer.getvalue()


def _seven() -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        archive.writestr(b"nom;age\nRoux;41\n", "a.csv")
    return buffer.getvalue()


SAMPLES: dict[str, bytes] = {
    "csv": b'nom;age;note\nRoux;41;"a ""b""\nc"\nBl\xe0nc;7;\n',
    "sql": SQL,
    "json": JSON,
    "jsonl": LINES,
    "fhir": FHIR,
    "xml": XML,
    "cda": CDA,
    "hprim_xml": HPRIM_XML,
    "hl7v2": HL7,
    "hprim": HPRIM,
    "hprim_medecin": MEDECIN,
    "mail": MAIL,
    "vcard": VCARD,
    "ldif": LDIF,
    "html": HTML,
    "rtf": RTF,
    "pdf": PDF,
    "docx": _docx(),
    "odt": _opendocument("text", "<text:p>Patient : Anne Roux</text:p>"),
    "xlsx": _xlsx(),
    "ods": _ods(),
    "xlsb": xlsb({"F": [("nom", "age"), ("Roux", 41), ("Blanc", 7.5)], "G": [("a", "b"), ("#N/A", True)]}, ["G"]),
    "sqlite": _sqlite(),
    "parquet": _arrow("parquet"),
    "arrow": _arrow("feather"),
    "zip": _zip({"a.csv": b"nom;age\nRoux;41\n"}),
    "tar": _tar(),
    "7z": _seven(),
}
