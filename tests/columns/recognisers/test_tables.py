"""Every recogniser by examples: a raw text, its canonical text (None: not of the type), and whether it is valid."""

from __future__ import annotations

import pytest

from colmate.catalogue import semantic_types
from colmate.columns.recogniser import recognisers
from tests.columns.conftest import Reader

Example = tuple[str, str | None, bool]

TABLES: dict[str, list[Example]] = {
    "nir": [
        ("295109912611193", "295109912611193", True),
        ("2 95 10 99 126 111 93", "295109912611193", True),
        ("'253072A07300443", "253072A07300443", True),
        ("2 53 07 2a 073 004 43", "253072A07300443", True),
        ("253072B07300470", "253072B07300470", True),
        ("180127512345642", "180127512345642", True),
        ("199037505607597", "199037505607597", True),
        ("184062A00400347", "184062A00400347", True),
        ("284062B03300426", "284062B03300426", True),
        ("1800175001001", "1800175001001", True),  # 13 characters: no key to be wrong
        ("180127512345642.0", "180127512345642", True),  # a spreadsheet's decimal part
        ("180317512345685", "180317512345685", False),  # month 31: unknown, allowed; the key is wrong
        ("7202312345678", "7202312345678", True),  # provisional number: no date inside
        ("284058832102530", "284058832102530", False),
        ("295109912611192", "295109912611192", False),
        ("295109912611199", None, False),  # keys end at 97
        ("253072C07300443", None, False),
        ("195139912611193", None, False),  # month 13
        ("1,85057E+14", None, False),  # the digits are lost
        ("3400935955838", "3400935955838", False),  # a medicine's code has the shape, and no key to vouch for it
    ],
    "ins": [("2 95 10 99 126 111 93", "295109912611193", True), ("295109912611192", "295109912611192", False)],
    "rpps": [
        ("10999999997", "10999999997", True),
        ("99700218896", "99700218896", True),
        ("810999999997", "10999999997", True),  # the 8 of the national identifier
        ("10999999998", "10999999998", False),
        ("1099999999", None, False),
    ],
    "adeli": [("010000024", "010000024", True), ("010000025", "010000025", False), ("00A", None, False)],
    "finess": [
        ("010000024", "010000024", True),
        ("010780054", "010780054", True),
        ("10780054", "010780054", True),  # the lost zero
        ("2A0000123", "2A0000123", True),  # Corsica: the form only
        ("010780055", "010780055", False),
        ("990780055", None, False),
    ],
    "siren": [("356 000 000", "356000000", True), ("552100554", "552100554", True), ("552100555", "552100555", False)],
    "siret": [
        ("13002526500013", "13002526500013", True),
        ("35600000000048", "35600000000048", True),
        ("35600000049837", "35600000049837", True),  # La Poste: the digits add up to a multiple of five
        ("13002526500014", "13002526500014", False),
    ],
    "iban": [
        ("FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606", True),
        ("GB82WEST12345698765432", "GB82WEST12345698765432", True),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000", True),
        ("FR1420041010050500013M02607", "FR1420041010050500013M02607", False),
        ("ZZ1420041010050500013M02606", None, False),
    ],
    "card_number": [
        ("4111 1111 1111 1111", "4111111111111111", True),
        ("378282246310005", "378282246310005", True),
        ("4111111111111112", "4111111111111112", False),
        ("9111111111111111", None, False),
    ],
    "phone": [
        ("06 39 98 12 34", "+33639981234", True),
        ("0033639981234", "+33639981234", True),
        ("+33 (0)6 39 98 12 34", "+33639981234", True),
        ("639981234", "+33639981234", True),
        ("639981234.0", "+33639981234", True),
        ("02.61.91.00.11", "+33261910011", True),
        ("0262123456", "+262262123456", True),
        ("0692123456", "+262692123456", True),
        ("0690123456", "+590690123456", True),
        ("+44 20 7946 0958", "+442079460958", True),
        ("0639981234 / 0261910011", "+33639981234", True),
        ("0600000000", "+33600000000", False),
        ("12345", None, False),
        ("rue 0639981234", None, False),
    ],
    "email": [
        (" Jean.DUPONT@Exemple.FR ", "jean.dupont@exemple.fr", True),
        ("<a.b@exemple.org>", "a.b@exemple.org", True),
        ("a..b@exemple.org", "a..b@exemple.org", False),
        ("jean.dupont@exemple", None, False),
        ("@exemple.fr", None, False),
    ],
    "postcode": [
        ("56000", "56000", True),
        ("1000", "01000", True),
        ("10000", "10000", True),
        ("20200", "20200", True),
        ("97400", "97400", True),
        ("F-56000", "56000", True),
        ("56000.0", "56000", True),
        ("99999", None, False),
        ("00000", None, False),
        ("560000", None, False),
        ("96000", None, False),
    ],
    "commune_code": [
        ("56260", "56260", True),
        ("2A004", "2A004", True),
        ("1004", "01004", True),
        ("99352", "99352", True),
        ("56000", "56000", False),
        ("2C004", None, False),
    ],
    "country": [("France", "FR", True), ("ALGÉRIE", "DZ", True), ("be", "BE", True), ("Lorient", None, False)],
    "drug_code": [
        ("3400935955838", "3400935955838", True),
        ("3595583", "3595583", True),
        ("N02BE01", "N02BE01", True),
        ("3400935955839", "3400935955839", False),
        ("3595584", "3595584", False),
        ("X", None, False),
    ],
    "diagnosis_code": [("B20", "B20", True), ("E11.9", "E119", True), ("f32.1", "F321", True), ("1B2", None, False)],
    "procedure_code": [("YYYY600", "YYYY600", True), ("hbld 038", "HBLD038", True), ("YYY6000", None, False)],
    "lab_code": [
        ("2093-3", "2093-3", True),
        ("718-7", "718-7", True),
        ("1104", "1104", True),
        ("2093-4", "2093-4", False),
        ("glucose", None, False),
    ],
    "blood_group": [
        ("A+", "A+", True),
        ("ab rh neg", "AB-", True),
        ("0 POS", "O+", True),
        ("O Rhésus positif", "O+", True),
        ("B", "B", False),
        ("C+", None, False),
    ],
    "sex": [("F", "F", True), ("Masculin", "M", True), ("2", "F", True), ("h", "M", True), ("Z", None, False)],
    "title": [
        ("Mme", "MME", True),
        ("M.", "M", True),
        ("Mlle", "MLLE", True),
        ("bébé", "BEBE", True),
        ("Sœur", "SOEUR", True),
        ("Docteur", "DR", True),
        ("Vannes", None, False),
    ],
    "marital_status": [("Marié(e)", "married", True), ("VEUVE", "widowed", True), ("Lorient", None, False)],
    "boolean": [("Oui", "true", True), ("0", "false", True), ("peut-être", None, False), ("O-", None, False)],
    "entitlement": [("ALD", "ALD", True), ("CMU-C", "C2S", True), ("Vannes", None, False)],
    "date": [
        ("12/03/1980", "1980-03-12", True),
        ("2/3/1980", "1980-03-02", True),
        ("12.03.80", "1980-03-12", True),
        ("1980-03-12", "1980-03-12", True),
        ("19800312", "1980-03-12", True),
        ("12031980", "1980-03-12", True),
        ("2020-01-02T10:00:00", "2020-01-02", True),
        ("12/03/1980 14:05", "1980-03-12", True),
        ("12/03/1980 14:05:59", "1980-03-12", True),
        ("12/03/1980 14h05", "1980-03-12", True),
        ("31/12/2099 10:00", None, False),
        ("1900-01-01 10:00:00", None, False),
        ("12-MAR-1980", "1980-03-12", True),
        ("1er février 1980", "1980-02-01", True),
        ("14 août 1999", "1999-08-14", True),
        ("3 déc. 2001", "2001-12-03", True),
        ("March 3, 1999", "1999-03-03", True),
        ("mardi 12 mars 1980", "1980-03-12", True),
        ("31/02/1980", "1980-02-31", False),
        ("01/01/1900", None, False),
        ("00/00/0000", None, False),
        ("31/12/1899", None, False),
        ("12/03", None, False),
        ("hier", None, False),
    ],
    "birth_date": [
        ("00/00/1950", "1950-00-00", True),
        ("00/05/1950", "1950-05-00", True),
        ("31/12/1948", "1948-12-31", True),
        ("32/12/1948", "1948-12-32", False),
    ],
    "care_date": [("05/11/2019 08:30", "2019-11-05", True), ("00/00/2019", "2019-00-00", False), ("x", None, False)],
    "death_date": [("2019-11-05", "2019-11-05", True), ("00/00/2019", "2019-00-00", False), ("non", None, False)],
    "timestamp": [
        ("2020-01-02 10:15:00", "2020-01-02 10:15:00", True),
        ("02/01/2020 10:15", "02/01/2020 10:15", True),
        ("2020-01-02T10:15", "2020-01-02T10:15", True),
        ("2020-01-02 10h15", "2020-01-02 10h15", True),
        ("02/01/2020 00:00", None, False),
        ("2020-01-02 00h00", None, False),
        ("20200102101500", "20200102101500", True),
        ("2020-01-02 00:00:00", None, False),  # a date that was exported with its midnight
        ("2020-01-02", None, False),
    ],
    "ip_address": [
        ("192.0.2.17", "192.0.2.17", True),
        ("2001:DB8::1", "2001:db8::1", True),
        ("192.0.2.17:8080", "192.0.2.17", True),
        ("192.0.2.256", None, False),
    ],
    "url": [("https://exemple.fr/a", "https://exemple.fr/a", True), ("exemple", None, False), ("rue www", None, False)],
    "password_hash": [
        ("5f4dcc3b5aa765d61d8327deb882cf99", "5f4dcc3b5aa765d61d8327deb882cf99", True),
        (
            "$2b$12$abcdefghijklmnopqrstuuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0",
            "$2b$12$abcdefghijklmnopqrstuuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0",
            True,
        ),
        ("motdepasse1234", None, False),
    ],
    "passport_number": [("12 AB 34567", "12AB34567", True), ("123456789", None, False)],
    "id_card_number": [("880692310285", "880692310285", True), ("X4RTBPFW4", "X4RTBPFW4", True), ("12", None, False)],
    "tax_number": [("30 23 217 600 053", "30 23 217 600 053", True), ("9023217600053", None, False)],
    "age": [("42", "42", True), ("3 mois", "3 mois", True), ("421", None, False)],
    "number": [("1 234,5", "1 234,5", True), ("-3", "-3", True), ("1e5", "1e5", True), ("12a", None, False)],
    "kinship": [
        ("Mère", "mother", True),
        ("CONJOINT(E)", "partner", True),
        ("ex-mari", "former_partner", True),
        ("Grand-père", "grandparent", True),
        ("MTH", "mother", True),
        ("fils", "son", True),
        ("amie", "near", True),
        ("Martin", None, False),
        ("confiance", None, False),
    ],
    "family_rank": [("1", "1", True), ("01", "01", True), ("123", None, False)],
    "insurance_body": [("01 561 0000", "01 561 0000", True), ("01", "01", True), ("CPAM", None, False)],
    "income": [("1 250,00 €", "1 250,00 €", True), ("beaucoup", None, False)],
    "address": [
        ("12 bis rue des Lilas", "12 bis rue des Lilas", True),
        ("RESIDENCE LES PINS BAT B", "RESIDENCE LES PINS BAT B", True),
        ("VANNES", None, False),
    ],
}


@pytest.mark.parametrize("semantic_type", sorted(recognisers()))
def test_examples(semantic_type: str, read_values: Reader) -> None:
    examples = TABLES[semantic_type]
    found = read_values(semantic_type, [raw for raw, _, _ in examples])
    assert found == [(canonical, valid) for _, canonical, valid in examples]


@pytest.mark.parametrize("semantic_type", sorted(recognisers()))
def test_has_an_entry_in_the_catalogue_and_examples_of_both_kinds(semantic_type: str) -> None:
    assert semantic_type in semantic_types()
    verdicts = {valid for _, _, valid in TABLES[semantic_type]}
    assert verdicts == {True, False}
