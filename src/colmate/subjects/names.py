"""Names of French civil identity, made comparable.

A cleaned name is upper case, without diacritics, letters only, words apart by one space. A *name key* has its
particles joined (DE LA TOUR → DELATOUR) and is null where nothing is known (INCONNU, NC, X). Sources: RNIV
(identity vigilance: upper case, no diacritics); matchID's lessons on particles, married names and empty names.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from colmate.engine import among, ascii_fold
from colmate.subjects import vocabulary

__all__ = [
    "address_key",
    "clean",
    "family_or_test",
    "fold",
    "full_name",
    "joined",
    "known",
    "letters",
    "married",
    "name_key",
    "sound",
    "test_given",
    "test_surname",
    "test_word",
    "upper",
]


CAPITALS, NOT_CAPITALS = r"\b\p{Lu}[\p{Lu}'’\-]+\b", r"\b\p{Lu}?\p{Ll}[\p{L}'’.\-]*"
FIRST_FIRST = r"^(.*?) ?(\p{L}+)$"
DOUBLED = "CFLMNOPRST"
ACCENTED = "éèêëâäîïôöùûüçñÉÈÊËÂÄÎÔÖÙÛÜÇÑ"
LAST_FIRST = r"^((?:(?:DE|DU|DES|LA|LE|D|L|VAN|VON|EL|AL|BEN|DA|DI) )*\p{L}+) ?(.*)$"


def upper(value: ir.StringValue) -> ir.StringValue:
    """Upper case, without diacritics nor ligatures."""
    return ascii_fold(_repaired(value).upper().replace("Œ", "OE").replace("Æ", "AE"))


def _repaired(value: ir.StringValue) -> ir.StringValue:
    """Undo UTF-8 read as Windows-1252, for the letters of French names: CÃ©cile → Cécile."""
    mended = value
    for letter in ACCENTED:
        mended = mended.replace(letter.encode().decode("cp1252"), letter)
    return value.contains("Ã").ifelse(mended, value)


def letters(upper_case: ir.StringValue) -> ir.StringValue:
    """Letters and single spaces only; null where no letter is left.

    An apostrophe joins (D'ARTAGNAN → DARTAGNAN, M'HAMED → MHAMED), every other sign separates.
    """
    spaced = upper_case.re_replace(r"['’ʼ`´]\s*", "").re_replace(r"[^\p{L}]+", " ").strip()
    # most names are letters alone: the patterns run on the others only
    return upper_case.re_search("[^A-Z]").ifelse(spaced, upper_case).nullif("")


def clean(value: ir.StringValue) -> ir.StringValue:
    """`letters` of `upper`."""
    return letters(upper(value))


def known(cleaned: ir.StringValue) -> ir.StringValue:
    """Null where a cleaned name says nothing (INCONNU, NC, X, XXX)."""
    unknown = among(cleaned, vocabulary.unknown_names()) | (cleaned.startswith("X") & cleaned.re_search("^X+$"))
    return unknown.ifelse(ibis.null("string"), cleaned)


def joined(cleaned: ir.StringValue) -> ir.StringValue:
    """Join particles to what follows, and write SAINT as ST."""
    short = cleaned.re_replace(r"\bSAINT(E?)\b", r"ST\1").re_replace(vocabulary.particles(), r"\1")
    return cleaned.contains(" ").ifelse(short, cleaned)


def name_key(cleaned: ir.StringValue) -> ir.StringValue:
    """`joined` of `known`."""
    return joined(known(cleaned))


def married(cleaned: ir.StringValue) -> tuple[ir.StringValue, ir.StringValue]:
    """Return (birth name, used name) of a surname such as DUPONT NEE MARTIN or MARTIN EPOUSE DUPONT.

    The used name is null where the surname is a single one.
    """
    after, before = vocabulary.birth_follows(), vocabulary.birth_precedes()
    several = cleaned.contains(" ")
    birth = several.ifelse(cleaned.re_replace(after, r"\2").re_replace(before, r"\1"), cleaned)
    used = ibis.coalesce(cleaned.re_extract(after, 1).nullif(""), cleaned.re_extract(before, 2).nullif(""))
    return birth, several.ifelse(used, ibis.null("string"))


def fold(key: ir.StringValue) -> ir.StringValue:
    """The first word of a name key without its particle: DELATOUR, LATOUR and TOUR give TOUR.

    Coarser than the name: fit to find candidates, not to tell persons.
    """
    return key.split(" ")[0].re_replace(vocabulary.fold_prefix(), r"\1")


def sound(name: ir.StringValue) -> ir.StringValue:
    """What a French ear keeps of a name: MATHIEU = MATTHIEU, CATHERINE = KATHERINE, CAQUINEAU = CAQUINO, HEYD = EYD."""
    heard = name.replace("PH", "F").re_replace("CK|QU|K|Q|C([AOULRNT]|$)", r"K\1").re_replace("E?AU[XTD]?", "O")
    heard = heard.replace("Y", "I").replace("Z", "S").replace("H", "")
    single = heard
    for letter in DOUBLED:
        single = single.replace(letter * 2, letter)
    # most names have no letter twice: ten replacements cost more than to look
    heard = heard.re_search("|".join(letter * 2 for letter in DOUBLED)).ifelse(single, heard)
    return heard.re_replace("([^I])(?:E|[STX]+)$", r"\1")


def test_surname(last: ir.StringValue, used: ir.StringValue, first: ir.StringValue) -> ir.BooleanValue:
    """Whether cleaned surnames are a test's: a word of the table that stands alone, one letter repeated (XXX).

    Some words are families too: they count where the given name repeats them, or is missing.
    """
    whole = family_or_test(last) & (first.isnull() | (first == last))
    return test_word(last) | test_word(used) | whole


def test_word(surname: ir.StringValue) -> ir.BooleanValue:
    """Whether a cleaned surname holds a word that only tests have; false for null."""
    return (ibis.literal(" ") + surname + " ").re_search(vocabulary.test_name()).fill_null(False)


def family_or_test(surname: ir.StringValue) -> ir.BooleanValue:
    """Whether a cleaned surname is a word that families and tests have; false for null."""
    return among(surname, vocabulary.test_surnames()).fill_null(False)


def test_given(first: ir.StringValue) -> ir.BooleanValue:
    """Whether a cleaned given name is a test's; letters repeated (XXX) are but an unknown given name."""
    return (ibis.literal(" ") + first.fill_null("") + " ").re_search(vocabulary.test_given())


def full_name(row: ir.Table, first_comes_first: bool) -> ir.Table:
    """Split the column ``full`` of ``row`` into ``full_last`` and ``full_first``, cleaned, null where absent.

    Titles are dropped. A comma tells the surname, then capitals (DUPONT Jean), then the column's usual order.
    """
    head = vocabulary.titles_at_head()
    row = row.mutate(full=ascii_fold(row.full).strip(), full_clean=clean(row.full).re_replace(head, ""))
    row = row.mutate(
        # capitals tell the surname only where something else is not in capitals
        kind=ibis.cases(
            (row.full.contains(","), 2),
            (row.full.re_search(CAPITALS) & row.full.re_search(r"\p{Lu}\p{Ll}"), 1),
            else_=0,
        )
    )
    single = FIRST_FIRST if first_comes_first else LAST_FIRST
    ends = [row.full_clean.re_extract(single, 2 if first_comes_first else 1),
            row.full_clean.re_extract(single, 1 if first_comes_first else 2)]  # fmt: skip
    commas = [clean(row.full.split(",")[part]) for part in (0, 1)]
    capitals = [clean(row.full.re_replace(NOT_CAPITALS, " ")), clean(row.full.re_replace(CAPITALS, " "))]
    last, first = (
        row.kind.cases(
            (2, commas[side].re_replace(head, "")), (1, capitals[side].re_replace(head, "")), else_=ends[side]
        )
        for side in (0, 1)
    )
    made = row.mutate(full_last=last.strip().nullif(""), full_first=first.strip().nullif(""))
    return made.drop("full", "full_clean", "kind")


def address_key(upper_case: ir.StringValue) -> ir.StringValue:
    """First number and last word of an address in upper case: 12 RUE DE LA PAIX and 12, R. de la Paix give 12|PAIX.

    What people shorten stands between the two. A place without a number has its name alone (KERGUEN), unless it is
    any village's (LE BOURG). Null where nothing tells.
    """
    number, word = upper_case.re_extract(r"(\d+)", 1), upper_case.re_extract(r"([A-Z]{3,})[^A-Z]*$", 1)
    vague = (number == "") & among(word, vocabulary.vague_places())
    return (number + "|" + word).nullif("|").nullif(vague.ifelse(number + "|" + word, ""))
