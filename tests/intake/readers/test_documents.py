"""Documents of each format: text, properties, tables; told by their content; hostile ones are bounded."""

from __future__ import annotations

import io
import time
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from colmate.errors import FormatError
from colmate.intake.accounting import Account
from colmate.intake.compression import Bounds, Plain
from colmate.intake.evidence import Source
from colmate.intake.readers.documents import FORMATS
from colmate.intake.reading import Chunk, Format, Head, Options
from tests.intake.readers.harness import Found, read_with
from tests.intake.readers.writing_documents import assembled, docx, odt, package, paragraph, pdf

BY_ID = {form.id: form for form in FORMATS}
LETTER = "Cher confrère,\n\nJ'ai vu ce jour Madame Claire MARTIN, née le 03/04/1981, pour un suivi.\nCordialement"
CELLS = (("Nom", "Date"), ("ROUX", "01/02/2024"), ("BLANC", "03/04/2024"))
WORD_TABLE = (
    "<w:tbl>"
    + "".join("<w:tr>" + "".join(f"<w:tc>{paragraph(one)}</w:tc>" for one in row) + "</w:tr>" for row in CELLS)
    + "</w:tbl>"
)
HTML_TABLE = (
    "<table>" + "".join("<tr>" + "".join(f"<td>{one}</td>" for one in row) + "</tr>" for row in CELLS) + "</table>"
)
ODT_TABLE = (
    "<table:table>"
    + "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{one}</text:p></table:table-cell>" for one in row)
        + "</table:table-row>"
        for row in CELLS
    )
    + "</table:table>"
)
RTF_TABLE = rb"{\rtf1\ansi avant\par " + b"".join(
    rb"\trowd\cellx1000\cellx2000\intbl " + rb"\cell ".join(one.encode() for one in row) + rb"\cell\row "
    for row in CELLS
) + rb"\pard apr\'e8s\par}"  # fmt: skip


def head(data: bytes) -> Head:
    return Source.of(data).head


def best(data: bytes) -> str:
    """The format that is surest, as the core chooses."""
    scores = {form.id: form.sniff(head(data)) for form in FORMATS}
    name = max(scores, key=lambda one: scores[one])
    return name if scores[name] else ""


def read(data: bytes, name: str | None = None, **options: object) -> Found:
    return read_with(BY_ID[name or best(data)], data, **options)  # type: ignore[arg-type]


def text(found: Found) -> str:
    (row,) = found.tables["documents"]
    return row["text"]


# --- each format -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compress", [False, True])
def test_pdf(compress: bool) -> None:
    data = pdf("Compte rendu\nPatient : MARTIN Claire (né)", "page deux", compress=compress)
    assert best(data) == "pdf"
    found = read(data)
    (row,) = found.tables["documents"]
    assert row["document"] == "1-1"
    assert row["file"] == "leak"
    assert row["text"] == "Compte rendu\nPatient : MARTIN Claire (né)\n\npage deux"
    assert row["full_name"] == "MARTIN Claire"
    assert found.declared["documents"].primary == ("document",)
    assert found.declared["documents"].meanings["text"].semantic_type == "free_text"


def test_pdf_without_a_text_layer() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    held = io.BytesIO()
    writer.write(held)
    found = read(held.getvalue())
    assert text(found) == ""
    assert found.account.notes["no_text_layer"] == 1


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
@pytest.mark.parametrize(
    ("password", "given_password", "opens"), [("", None, True), ("x1", None, False), ("x1", "x1", True)]
)
def test_encrypted_pdf(algorithm: str, password: str, given_password: str | None, opens: bool) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf("lisible")))
    writer.encrypt(password, "propriétaire", algorithm=algorithm)
    held = io.BytesIO()
    writer.write(held)
    found = read(held.getvalue(), password=given_password)
    if opens:
        assert text(found) == "lisible"
    else:
        assert [reason for *_, reason in found.rejects] == ["encrypted_document"]


def test_docx() -> None:
    body = (
        paragraph("Bonjour")
        + "<w:p><w:r><w:t>A</w:t><w:tab/><w:t>B</w:t><w:br/><w:t>C</w:t><w:instrText>PAGE</w:instrText></w:r></w:p>"
        + "<w:p><w:del><w:r><w:delText>effacé</w:delText></w:r></w:del></w:p>"
        + WORD_TABLE
    )
    data = docx(body, header1=paragraph("Dr Paul PETIT"), comments=paragraph("à revoir"), footnotes=paragraph("note"))
    assert best(data) == "docx"
    found = read(data)
    (row,) = found.tables["documents"]
    assert row["text"].startswith("Dr Paul PETIT\nBonjour\nA\tB\nC\n")
    assert {"à revoir", "note", "effacé"} <= set(row["text"].split("\n"))
    assert (row["title"], row["author"], row["created"]) == ("Courrier", "Secrétariat", "2024-03-02T10:00:00Z")
    assert found.tables["table_1"] == [
        {"document": "1-1", "Nom": "ROUX", "Date": "01/02/2024"},
        {"document": "1-1", "Nom": "BLANC", "Date": "03/04/2024"},
    ]
    (reference,) = found.declared["table_1"].references
    assert (reference.table, reference.columns) == ("documents", ("document",))


def test_merged_cells_of_word_are_repeated() -> None:
    merged = (
        "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
        '<w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{}</w:tc><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>'
        "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
        '<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{}</w:tc></w:tr></w:tbl>'
    ).format(*map(paragraph, ("Nom", "Acte", "Lieu", "ROUX", "a", "b", "c")))
    rows = read(docx(merged)).tables["table_1"]
    assert [[row["Nom"], row["Acte"], row["Lieu"]] for row in rows] == [["ROUX", "a", "b"], ["ROUX", "c", "c"]]


def test_odt() -> None:
    data = odt("<text:p>Prénom<text:tab/>:<text:s text:c='2'/>Anne<text:line-break/>fin</text:p>" + ODT_TABLE)
    assert best(data) == "odt"
    found = read(data)
    assert text(found).startswith("Prénom\t:  Anne\nfin\n")
    assert [row["Nom"] for row in found.tables["table_1"]] == ["ROUX", "BLANC"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb"\'e9t\'e9", "été"),
        (rb"{\u233?t\u233?}", "été"),
        (rb"\uc2\u233xxt\uc0\u233", "été"),
        (rb"\u-10179?\u-8694?", "\U0001f60a"),
        (rb"a\par b\line c\tab d", "a\nb\nc\td"),
        (rb"{\*\generator X;}{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}ok", "ok"),
        (rb"{\pict\pngblip 89504e470d0a}ok{\*\shppict{\pict ff}}", "ok"),
        (b"{\\pict\\bin5 }}{{\\}ok", "ok"),
        (rb"{\header t\'eate\par}corps", "tête\ncorps"),
        (rb"corps{\footnote note}", "corpsnote"),
        (rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt vu}}", "vu"),
        (rb"\{a\}\\\~b\_c", "{a}\\\xa0b-c"),
        (rb"{\fonttbl{\f1\fcharset204 X;}}\f1 \'e0", "а"),
        (rb"\'e9 \ansicpg1250 \'b9", "é ą"),
    ],
)
def test_rtf(body: bytes, expected: str) -> None:
    data = b"{\\rtf1\\ansi\\ansicpg1252 " + body + b"}"
    assert best(data) == "rtf"
    assert text(read(data)) == expected


def test_rtf_properties_and_tables() -> None:
    found = read(rb"{\rtf1{\info{\title T\'e9}{\author A}{\creatim\yr2024\mo3\dy2\hr1}{\subject s}}x}")
    (row,) = found.tables["documents"]
    assert (row["title"], row["author"], row["created"], row["text"]) == ("Té", "A", "2024-03-02", "x")
    found = read(RTF_TABLE)
    assert text(found) == "avant\nNom\tDate\t\nROUX\t01/02/2024\t\nBLANC\t03/04/2024\t\naprès"
    assert [row["Nom"] for row in found.tables["table_1"]] == ["ROUX", "BLANC"]


def test_html() -> None:
    page = (
        "<!DOCTYPE html><html><head><title>Compte &amp; rendu</title><meta name=author content='Dr Y'>"
        "<style>p{}</style>"
        "</head><body><script>if (a<b) alert('<p>non</p>')</script><h1>Lettre</h1><p>Bonjour&nbsp;&eacute;<br>suite</p>"
        f'<!-- caché > --><div>a < b</div>{HTML_TABLE}<p title="x > y">fin</p></body></html>'
    )
    data = page.encode()
    assert best(data) == "html"
    found = read(data)
    (row,) = found.tables["documents"]
    assert row["title"] == "Compte & rendu"
    assert row["author"] == "Dr Y"
    lines = row["text"].split("\n")
    assert lines[:4] == ["Lettre", "Bonjour\xa0é", "suite", "a < b"]
    assert lines[-1] == "fin"
    assert "non" not in row["text"]
    assert "caché" not in row["text"]
    assert len(found.tables["table_1"]) == 2


def test_a_layout_is_no_table() -> None:
    page = f"<html><table><tr><td>Menu</td><td>{HTML_TABLE}</td></tr><tr><td>a</td><td>b</td></tr></table></html>"
    found = read(page.encode(), "html")
    assert set(found.tables) == {"documents", "table_1"}
    assert [row["Nom"] for row in found.tables["table_1"]] == ["ROUX", "BLANC"]


def test_spans_of_html() -> None:
    page = (
        "<html><table><tr><th>Nom</th><th>A</th><th>B</th></tr><tr><td rowspan=2>ROUX</td><td colspan='2'>x</td></tr>"
        "<tr><td>y</td><td>z</td></tr><tr><td colspan=999999 rowspan=99999>ZZ</td></tr></table></html>"
    )
    rows = read(page.encode(), "html").tables["table_1"]
    assert [[row["Nom"], row["A"], row["B"]] for row in rows[:2]] == [["ROUX", "x", "x"], ["ROUX", "y", "z"]]


def test_an_export_is_a_table_under_its_own_name() -> None:
    rows = "".join(f"<tr><td>ROUX{n}</td><td>Anne</td><td>0{n}/02/1950</td></tr>" for n in range(1, 9))
    page = (
        "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><style>td{}</style></head><body><table>"
        f"<tr><th>Nom</th><th>Prénom</th><th>Naissance</th></tr>{rows}</table></body></html>"
    )
    data = page.encode("cp1252")
    assert best(data) == "html_table"
    found = read_with(BY_ID["html_table"], data, "patients.xls")
    assert [row["Nom"] for row in found.tables["patients"]] == [f"ROUX{n}" for n in range(1, 9)]
    assert found.columns["patients"] == ["Nom", "Prénom", "Naissance"]


def test_a_long_export_is_read_as_a_stream() -> None:
    rows = "".join(f"<tr><td>N{n}</td><td>b</td><td>c</td></tr>\n" for n in range(30_000))
    data = f"<table><tr><td>Nom</td><td>B</td><td>C</td></tr>{rows}</table>".encode()
    start = time.process_time()
    found = read_with(BY_ID["html_table"], data, "x.html")
    assert time.process_time() - start < 15
    assert [row["Nom"] for row in found.tables["x"]] == [f"N{n}" for n in range(30_000)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (LETTER, "text"),
        ("Nom : MARTIN\nPrénom : Claire\nDate de naissance : 03/04/1981\nMotif : contrôle\n", "text"),
        ("Compte rendu opératoire\n\nLe patient a été installé en décubitus dorsal sous anesthésie\ngénérale.", "text"),
        # records, not prose
        ("nom\nmartin\nroux\nblanc\n", ""),
        ("email\na@example.fr\nb@example.fr\n", ""),
        ("nom;prenom\nMartin;Claire\nRoux;Anne\n", ""),
        ("commentaire\nle patient va bien depuis hier soir\nla patiente revient demain matin tôt\n", ""),
        ("id,note\n1,\"Bonjour, je vais très bien merci beaucoup\"\n2,\"Madame, elle est venue hier soir\"\n", ""),
        ("Bonjour;Monsieur;a;b\nc;d;e;f\n", ""),
        ('{"a": "Bonjour Monsieur comment allez vous aujourd hui"}', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_prose_is_told_from_records(content: str, expected: str) -> None:
    assert best(content.encode()) == expected


def test_plain_text() -> None:
    found = read(LETTER.encode("cp1252"))
    (row,) = found.tables["documents"]
    assert row["text"] == LETTER
    assert (row["full_name"], row["birth_date"]) == ("Claire MARTIN", "03/04/1981")
    assert found.account.bytes == {"record": len(LETTER.encode())}


def test_long_text_is_several_records() -> None:
    line = "Le patient va bien et reviendra demain matin. \n"
    found = read((line * 250_000).encode(), "text")
    rows = found.tables["documents"]
    assert [row["document"] for row in rows] == [f"1-{n}" for n in range(1, len(rows) + 1)]
    assert sum(row["text"].count("demain") for row in rows) == 250_000


@pytest.mark.parametrize("stream", ["WordDocument", "__properties_version1.0"])
def test_formats_of_before_say_what_to_do(stream: str) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le")
    assert best(data) == "ole_document"
    with pytest.raises(FormatError, match="save it as"):
        read(data)


def test_files_within_a_document_are_members() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf("facture")))
    writer.add_attachment("liste.csv", b"nom;age\n")
    held = io.BytesIO()
    writer.write(held)
    word = package(
        {
            "[Content_Types].xml": "",
            "word/document.xml": "<document><body><p><r><t>a</t></r></p></body></document>",
            "word/embeddings/classeur.xlsx": b"PK",
            "word/embeddings/oleObject1.bin": b"?",
        }
    )
    for data, name, content in ((held.getvalue(), "liste.csv", b"nom;age\n"), (word, "classeur.xlsx", b"PK")):
        ((member, given_content),) = read(data).members
        assert (member.name, given_content) == (name, content)
        assert member.within
        assert (member.within.table, member.within.column, member.within.value) == ("documents", "document", "1-1")


def test_keys_are_unique_over_files() -> None:
    keys = [read_with(BY_ID["rtf"], RTF_TABLE, serial=serial).tables["table_1"][0]["document"] for serial in (1, 2)]
    assert keys == ["1-1", "2-1"]


@pytest.mark.parametrize("name", ["pdf", "docx", "odt"])
def test_a_file_on_the_disk_is_read_and_closed(name: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(SAMPLES[name])
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        handles: list[io.BufferedReader] = []

        def opened() -> io.BufferedReader:
            handles.append(path.open("rb"))
            return handles[-1]

        account = Account("x", "x")
        with path.open("rb") as stream:
            source = Source("x", Plain(stream), 1, opened)
            chunks = [item for item in BY_ID[name].read(source, account, Options()) if isinstance(item, Chunk)]
    assert chunks[0].records.num_rows == 1
    assert all(handle.closed for handle in handles)


# --- damage ------------------------------------------------------------------------------------------------------


def test_a_package_that_was_cut_gives_its_text() -> None:
    data = docx("".join(paragraph(f"ligne {n} {n * 7919 % 1000}") for n in range(3_000)))
    found = read(data[: len(data) * 2 // 3], "docx")
    assert text(found).startswith("ligne 0 0\nligne 1 919\n")
    assert [reason for *_, reason in found.rejects] == ["truncated_stream"]


def test_a_pdf_that_was_cut_gives_the_pages_before() -> None:
    data = pdf(*[f"page {number}" for number in range(20)])
    found = read(data[: data.index(b"page 12")])
    assert text(found).split("\n\n")[:12] == [f"page {number}" for number in range(12)]
    assert found.account.notes["document_rebuilt"] == 1
    # the catalog may be gone as well
    found = read(b"%PDF-1.4\n" + data[data.index(b"3 0 obj") : -200])
    assert text(found).split("\n\n") == [f"page {number}" for number in range(20)]


@pytest.mark.parametrize("name", ["pdf", "docx", "odt"])
def test_what_cannot_be_read_is_a_reject(name: str) -> None:
    found = read(b"%PDF-1.4 rien" if name == "pdf" else b"PK\x03\x04 rien", name)
    assert len(found.rejects) == 1
    assert found.tables["documents"] == []


SAMPLES = {
    "pdf": pdf("un", "deux", compress=True),
    "docx": docx(paragraph("un") + WORD_TABLE),
    "odt": odt("<text:p>un</text:p>" + ODT_TABLE),
    "rtf": RTF_TABLE,
    "html": f"<html><p>un</p>{HTML_TABLE}<!-- a --><script>b</script><p a='x'>deux".encode(),
    "html_table": f"<html>{HTML_TABLE * 3}".encode(),
    "text": LETTER.encode(),
}


@pytest.mark.parametrize("name", sorted(SAMPLES))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_mutations_are_survived(name: str, data: st.DataObject) -> None:
    content = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3)) or b"<"
    cut = data.draw(st.integers(0, len(content)))
    read(bytes(content[:cut]) if data.draw(st.booleans()) else bytes(content), name)


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=400), form=st.sampled_from(FORMATS))
def test_any_bytes_are_sniffed_and_read(content: bytes, form: Format) -> None:
    assert 0 <= form.sniff(head(content)) <= 1
    if form.id != "ole_document":
        read_with(form, content)


# --- hostile -----------------------------------------------------------------------------------------------------

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><w:document><w:body><w:p><w:t>&j;</w:t></w:p></w:body></w:document>"
)


def _bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "")
        with file.open("word/document.xml", "w") as part:
            part.write(b"<w:document xmlns:w='x'><w:t>")
            for _ in range(150):
                part.write(b" " * (1 << 20))
    return held.getvalue()


def _forms(depth: int) -> bytes:
    """Forms that draw the next one ten times: 10 to the power of ``depth`` texts."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    used = "/Resources << /Font << /F1 3 0 R >> /XObject << /X {} 0 R >> >>"
    drawn = b"/X Do " * 10
    objects.append(f"<< /Type /Page /Parent 2 0 R {used.format(6)} /Contents 5 0 R >>".encode())
    objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    for number in range(6, 6 + depth):
        names = used.format(number + 1).encode()
        objects.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] %s /Length %d >>\nstream\n%s\nendstream"
            % (names, len(drawn), drawn)
        )
    return assembled([*objects, b"<< /Type /XObject /Subtype /Image >>"])


HOSTILE = {
    "docx-entities": ("docx", package({"[Content_Types].xml": "", "word/document.xml": LAUGHS}), "xml_document_type"),
    "docx-bomb": ("docx", _bomb(), "decompression_bomb"),
    "docx-deep": ("docx", docx("<w:tbl><w:tr><w:tc>" * 100_000), "damaged_document"),
    "odt-spaces": ("odt", odt("<text:p>" + "<text:s text:c='99999'/>" * 5_000 + "</text:p>"), None),
    "html-deep": ("html", b"<div>" * 1_000_000, None),
    "html-tables": ("html", b"<table><tr><td>" * 300_000, None),
    "html-quotes": ("html", b"<html>" + b"<a \"'" * 300_000, None),
    "html-comments": ("html", b"<html>" + b"<!-- " * 300_000, None),
    "html-open": ("html", b"<html>" + b"<a " * 400_000, None),
    "html-spans": ("html", b"<html><table>" + b"<tr><td colspan=9999 rowspan=9999>a" * 3_000, None),
    "html-styles": ("html", b"<html>" + b"<style></style>" * 100_000, None),
    "rtf-deep": ("rtf", b"{\\rtf1" + b"{" * 1_000_000 + b"fond", None),
    "rtf-binary": ("rtf", b"{\\rtf1 a\\bin999999999 " + b"}" * 100, None),
    "rtf-fonts": ("rtf", b"{\\rtf1{\\fonttbl" + b"{\\f0" * 100_000, None),
    "pdf-cycle": ("pdf", assembled([b"<< /Type /Catalog /Pages 2 0 R >>",
                                    b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]), "?"),
    "pdf-forms": ("pdf", _forms(8), "document_too_large"),
    "pdf-array": ("pdf", pdf("x").replace(b"(x) Tj T*", b"[" + b"(a) 1 " * 400_000 + b"] TJ"), "?"),
    "pdf-self": ("pdf", assembled([b"<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] /Parent 1 0 R >>"]), "?"),
    "pdf-nested": ("pdf", b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"\ntrailer << /Root 1 0 R >>", "damaged_document"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_documents_are_bounded(name: str) -> None:
    form, content, reason = HOSTILE[name]
    start = time.process_time()
    found = read_with(BY_ID[form], content, bounds=Bounds(free=20_000_000))
    assert time.process_time() - start < 20
    reasons = [given for *_, given in found.rejects]
    if reason != "?":
        assert reasons == ([reason] if reason else [])
