"""How HL7 v2 writes identifiers (CX), names (XPN), places (XAD), telephones (XTN) and professionals (XCN).

Identifiers are told by the OID of their authority first: systems disagree on the type code (CI-SIS; INS reference
of the national agency for digital health).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colmate.intake.segments.cells import Cells, Flags, filled, joined, pivot
from colmate.intake.segments.tables import Batch, Kind, first_filled, keys, together

__all__ = ["IDENTIFIERS", "NAME", "NAMES", "PARTICIPANT", "PERSON", "PHONES", "PLACE", "PLACES", "professionals"]

Made = Iterator[tuple[str, pa.Array]]

INS_ROOT: Final = "1.2.250.1.213.1.4."
BY_OID: Final = {
    INS_ROOT + "8": "ins_nir",
    INS_ROOT + "9": "ins_nia",
    INS_ROOT + "10": "ins_test",
    INS_ROOT + "11": "ins_demo",
    INS_ROOT + "2": "ins_c",
}
# HL7 table 0203, with the French additions
BY_TYPE: Final = {
    "PI": "patient_number",
    "MR": "patient_number",
    "PT": "patient_number",
    "PN": "patient_number",
    "": "patient_number",
    "NH": "nss",
    "SS": "nss",
    "SB": "nss",
    "INS": "ins_nir",
    "INS-NIR": "ins_nir",
    "INS-NIA": "ins_nia",
    "INS-C": "ins_c",
    "PPN": "passport",
    "AN": "account_number",
}
IDENTIFIER_TYPES: Final = {
    "patient_number": "patient_id",
    "nss": "nir",
    "ins_nir": "ins",
    "ins_nia": "ins",
    "ins_test": "ins",
    "ins_demo": "ins",
    "passport": "passport_number",
    "account_number": "stay_id",
}
RPPS_OID: Final = "1.2.250.1.71.4.2.1"
NAME_TYPES: Final = {"L": "birth", "M": "maiden", "D": "used", "U": "", "": "", "C": "birth", "B": "birth"}


def _looked_up(values: pa.Array, known: dict[str, str]) -> pa.Array:
    """Return what each value stands for, null where it is not known."""
    places = pc.index_in(pc.fill_null(values, ""), value_set=pa.array(list(known), pa.string()))
    return pa.array(list(known.values()), pa.string()).take(places)


def _identifiers(cells: Cells) -> Made:
    """CX (v2.5 §2.A.14): number ^ key ^ scheme ^ authority (name & OID & kind) ^ type."""
    parents, each = cells.repetitions()
    number, authority, code = each.component(1).text(), each.component(4), each.component(5).text()
    oid = authority.sub(2).raw if authority.has(4) else authority.raw
    kinds = pc.coalesce(_looked_up(oid, BY_OID), _looked_up(code, BY_TYPE), pa.scalar("other"))
    left = filled(number)
    for kind in dict.fromkeys((*BY_OID.values(), *BY_TYPE.values())):
        chosen: Flags = pc.equal(kinds, kind).to_numpy(zero_copy_only=False) & left
        if chosen.any():
            values, used = pivot(number, parents, chosen, len(cells))
            left &= ~used
            yield kind, values
    if left.any():
        yield "other_identifiers", joined(each.text(), parents, left, len(cells))


def _family(cells: Cells) -> pa.Array:
    """A family name may have parts (own and partner's); the first is the whole of it."""
    return (cells.sub(1) if cells.has(4) else cells).text()


def _names(cells: Cells) -> Made:
    """XPN (v2.5 §2.A.88), all of a patient's names: L is the name of birth and D the name used (IHE PAM France)."""
    parents, each = cells.repetitions()
    family, given = _family(each.component(1)), each.component(2).text()
    kinds = pc.fill_null(_looked_up(each.component(7).text(), NAME_TYPES), "other")
    done = np.zeros(len(parents), np.bool_)
    for kind, column in (("birth", "birth_name"), ("maiden", "maiden_name"), ("used", "used_name"), ("", "last_name")):
        chosen = pc.equal(kinds, kind).to_numpy(zero_copy_only=False) & (filled(family) | filled(given))
        if chosen.any():
            values, used = pivot(family, parents, chosen, len(cells))
            done |= used
            yield column, values
    every = np.ones(len(parents), np.bool_)
    yield "first_name", pivot(given, parents, filled(given), len(cells))[0]
    for place, column in ((3, "given_names"), (5, "title")):
        values = each.component(place).text()
        if filled(values).any():
            yield column, pivot(values, parents, filled(values), len(cells))[0]
    if not done.all():
        yield "other_names", joined(each.replaced(1, " ").text(), parents, every & ~done, len(cells))


def _name(cells: Cells) -> Made:
    """XPN, the first of a person's names."""
    first = cells.first()
    yield "last_name", _family(first.component(1))
    yield "first_name", first.component(2).text()
    title = first.component(5).text()
    if filled(title).any():
        yield "title", title


def _parts(each: Cells) -> dict[str, pa.Array]:
    """XAD (v2.5 §2.A.85): street ^ other ^ city ^ region ^ postcode ^ country ^ type ^ ^ parish (INSEE code)."""
    street, more = each.component(1).replaced(4, " ").text(), each.component(2).text()
    return {
        "address": together(street, more, ", "),
        "city": each.component(3).text(),
        "postcode": each.component(5).text(),
        "country": each.component(6).text(),
    }


def _place(cells: Cells) -> Made:
    yield from _parts(cells.first()).items()


def _places(cells: Cells) -> Made:
    """A patient's addresses: the first one, and that of birth (BDL in France; N and BR elsewhere)."""
    parents, each = cells.repetitions()
    kind = pc.fill_null(each.component(7).raw, "")
    at_birth = pc.is_in(kind, pa.array(["BDL", "N", "BR", "F"])).to_numpy(zero_copy_only=False)
    parts = _parts(each)
    some = filled(each.replaced(1, "").raw)
    living = ~at_birth & some
    if living.any():
        index, used = pivot(pa.array([str(one) for one in range(len(parents))]), parents, living, len(cells))
        for name, values in parts.items():
            yield name, values.take(index.cast(pa.int64()))
        living &= ~used
    if at_birth.any():
        yield "birth_place", pivot(parts["city"], parents, at_birth, len(cells))[0]
        yield "birth_country", pivot(parts["country"], parents, at_birth, len(cells))[0]
        yield "birth_commune_code", pivot(each.component(9).text(), parents, at_birth, len(cells))[0]
    if living.any():
        yield "other_addresses", joined(each.replaced(1, " ").text(), parents, living, len(cells))


def _phones(cells: Cells) -> Made:
    """XTN (v2.5 §2.A.89): number ^ use ^ equipment ^ e-mail ^ … ^ area ^ number ^ … ^ text ^ … ^ number (12th)."""
    parents, each = cells.repetitions()
    if not each.has(1):
        number, mail = each.text(), pa.nulls(len(parents), pa.string())
    else:
        pieces = [each.component(place).text() for place in (5, 6, 7)]
        split = pc.binary_join_element_wise(*(pc.fill_null(one, "") for one in pieces), "")
        number = first_filled(each.component(1).text(), each.component(12).text(), split)
        mail = each.component(4).text()
    written = pc.match_substring(pc.fill_null(number, ""), "@")
    mail = first_filled(mail, pc.if_else(written, number, pa.scalar(None, pa.string())))
    phones = filled(number) & ~written.to_numpy(zero_copy_only=False)
    for rank in ("phone", "phone_2", "phone_3"):
        if phones.any():
            values, used = pivot(number, parents, phones, len(cells))
            phones &= ~used
            yield rank, values
    if phones.any():
        yield "other_phones", joined(number, parents, phones, len(cells))
    mails = filled(mail)
    if mails.any():
        values, used = pivot(mail, parents, mails, len(cells))
        yield "email", values
        if (mails & ~used).any():
            yield "other_emails", joined(mail, parents, mails & ~used, len(cells))


def _display(each: Cells) -> pa.Array:
    last, given = _family(each.component(2)), each.component(3).text()
    return together(last, given, " ")


def _person(cells: Cells) -> Made:
    """XCN (v2.5 §2.A.86): the first person's name, and number; all of them are in the table of professionals."""
    first = cells.first()
    yield "", _display(first)
    yield "id", first.component(1).text()


def _named(cells: Cells) -> Made:
    """NDL (v2.5 §2.A.47): number & name & first name, as the first component."""
    first = cells.first().component(1)
    yield "", together(first.sub(2).text(), first.sub(3).text(), " ") if first.has(4) else first.text()


def _participant(cells: Cells) -> Made:
    """XCN of whoever takes part: a professional, or a patient (then the number is an INS)."""
    first = cells.first()
    patient = _national(first)
    name, number = _display(first), first.component(1).text()
    absent = pa.scalar(None, pa.string())
    yield "", pc.if_else(patient, absent, name)
    yield "id", pc.if_else(patient, absent, number)
    if pc.any(patient).as_py():
        yield "patient", pc.if_else(patient, name, absent)
        yield "patient_ins", pc.if_else(patient, number, absent)


def _national(each: Cells) -> pa.Array:
    """Tell the persons whose number is a patient's, by the OID of its authority (XCN-9)."""
    authority = each.component(9)
    oid = pc.coalesce(authority.sub(2).raw, authority.raw)
    named = [pc.starts_with(pc.fill_null(one, ""), INS_ROOT) for one in (oid, authority.raw)]
    return pc.or_(*named)


def professionals(batches: Sequence[tuple[Batch, int, str]], serial: int) -> dict[str, pa.Array]:
    """Return the professionals named in fields of batches (with what they do), each once a message.

    RPPS and ADELI numbers are told by their OID, type and prefix (8 and 0: identification nationale). Persons whose
    number is an INS are patients who take part, not professionals.
    """
    if not batches:
        return {}
    table = _professionals(batches)
    if not table.num_rows:
        return {}
    same = pc.binary_join_element_wise(
        table["of"].cast(pa.string()),
        *(pc.fill_null(table[one], "") for one in ("id", "last_name", "first_name")),
        "\x1f",
    )
    codes = same.combine_chunks().dictionary_encode().indices.to_numpy()
    firsts = np.sort(np.unique(codes, return_index=True)[1])
    table = table.take(pa.array(firsts))
    owners = {
        name: keys(serial, table[column].to_numpy()) for name, column in (("message", "of"), ("patient", "whose"))
    }
    rest = [name for name in table.column_names if name not in {"of", "whose"}]
    return owners | {name: table[name].combine_chunks() for name in rest}


def _professionals(batches: Sequence[tuple[Batch, int, str]]) -> pa.Table:
    found = [(batch, doing, *batch.cells(place).repetitions()) for batch, place, doing in batches]
    each = Cells(pa.concat_arrays([cells.raw for _, _, _, cells in found]), batches[0][0].marks)
    number, last, given = each.component(1).text(), _family(each.component(2)), each.component(3).text()
    authority, code = each.component(9), each.component(13).raw
    root = pc.coalesce(authority.sub(2).raw, authority.raw)
    patient = _national(each).to_numpy(zero_copy_only=False)
    kept = (filled(number) | filled(last) | filled(given)) & ~patient
    ours = pc.or_(pc.equal(pc.fill_null(root, ""), RPPS_OID), pc.is_in(code, pa.array(["RPPS", "IDNPS", "ADELI"])))
    nothing = pa.scalar(None, pa.string())
    long = pc.match_substring_regex(pc.fill_null(number, ""), "^8[0-9]{11}$")
    bare = pc.and_(pc.match_substring_regex(pc.fill_null(number, ""), "^[0-9]{11}$"), ours)
    adeli = pc.and_(pc.match_substring_regex(pc.fill_null(number, ""), "^0?[0-9][0-9AB][0-9]{7}$"), ours)
    columns = {
        "of": pa.array(np.concatenate([batch.message[parents] for batch, _, parents, _ in found])),
        "whose": pa.array(np.concatenate([batch.patient[parents] for batch, _, parents, _ in found])),
        "role": pa.concat_arrays([pa.repeat(doing, len(parents)) for _, doing, parents, _ in found]),
        "id": number,
        "rpps": pc.if_else(long, pc.utf8_slice_codeunits(number, 1), pc.if_else(bare, number, nothing)),
        "adeli": pc.if_else(adeli, pc.utf8_slice_codeunits(number, -9), nothing),
        "last_name": last,
        "first_name": given,
        "title": each.component(6).text(),
    }
    return pa.table(columns).filter(pa.array(kept))


PLACE_TYPES: Final = {"address": "address", "city": "city", "postcode": "postcode", "country": "country"}
IDENTIFIERS: Final = Kind(_identifiers, IDENTIFIER_TYPES)
NAMES: Final = Kind(
    _names,
    {
        "birth_name": "birth_name",
        "maiden_name": "birth_name",
        "used_name": "used_name",
        "last_name": "last_name",
        "first_name": "first_name",
        "given_names": "first_name",
        "title": "title",
    },
)
NAME: Final = Kind(_name, {"last_name": "last_name", "first_name": "first_name", "title": "title"})
PLACE: Final = Kind(_place, PLACE_TYPES)
PLACES: Final = Kind(
    _places,
    PLACE_TYPES | {"birth_place": "birth_place", "birth_commune_code": "commune_code"},
)
PHONES: Final = Kind(_phones, {"phone": "phone", "phone_2": "phone", "phone_3": "phone", "email": "email"})
PERSON: Final = Kind(_person, {"": "professional_name", "id": "code"})
NAMED: Final = Kind(_named, {"": "professional_name"})
# who takes part in a document may be the patient
PARTICIPANT: Final = Kind(_participant, {"": "professional_name", "id": "code"})
