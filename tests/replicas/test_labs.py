"""``labs-2021``: the published proportions, and persons who come back."""

from __future__ import annotations

import pytest

from colmate.replicas.labs_plan import COUNTS
from tests.replicas.conftest import LABS_SCALE, Replica

FILLED = {
    "nir": "NUM_SECU <> ''",
    "women": "CIVIL in ('MME', 'MLLE')",
    "men": "CIVIL = 'M'",
    "children": "CIVIL = 'ENFANT'",
    "babies": "CIVIL = 'BEBE'",
    "nuns": "CIVIL = 'SOEUR'",
    "landline": "TEL1 <> ''",
    "mobile": "TEL_PORT <> ''",
    "email": "MAIL <> ''",
    "doctor_email": "MED_MAIL <> ''",
    "password": "MDP <> ''",
    "records": "true",
}
KEY = """97 - cast(replace(replace(substr(NUM_SECU, 1, 13), '2A', '19'), '2B', '18') as bigint) % 97
    = cast(substr(NUM_SECU, 14) as bigint)"""


@pytest.mark.parametrize("name", FILLED)
def test_published_counts_scaled(name: str, labs: Replica) -> None:
    assert labs.one(f"select count(*) from leak where {FILLED[name]}") == round(COUNTS[name] * LABS_SCALE)


def test_all_laboratories_and_about_sixty_columns(labs: Replica) -> None:
    assert labs.one("select count(distinct LABO) from leak") == 28
    assert labs.one("select count(distinct FINESS_LAB) from leak") == 28
    assert 58 <= len(labs.truth["tables"][0]["columns"]) <= 62


@pytest.mark.parametrize(("department", "share"), [("56", 36), ("45", 22), ("27", 20), ("22", 6), ("35", 6), ("41", 3)])
def test_postcodes_of_prescribers(department: str, share: int, labs: Replica) -> None:
    found = labs.one(f"select 100 * avg((MED_CP like '{department}%')::int) from leak")
    assert found == pytest.approx(share, abs=3)


def test_care_from_2015_to_october_2020_never_before_birth(labs: Replica) -> None:
    day, birth = "strptime(DT_PRELEV, '%d/%m/%Y')", "strptime(DT_NAISS, '%d/%m/%Y')"
    first, last = labs.ask(f"select min({day})::date::varchar, max({day})::date::varchar from leak")[0]
    assert (first, last) == (labs.truth["period"]["first"], labs.truth["period"]["last"])
    assert first >= "2015-01-01"
    assert "2020-10" <= last <= "2020-10-31"
    returns = "select person from truth group by 1 having count(*) > 1"
    assert (
        labs.one(
            f"select count(*) from leak join truth using (record) where {birth} > {day} and person not in ({returns})"
        )
        == 0
    )


def test_keys_are_right_but_for_a_little_noise(labs: Replica) -> None:
    right, filled = labs.ask(f"select count(*) filter ({KEY}), count(*) from leak where length(NUM_SECU) = 15")[0]
    assert 0.997 < right / filled <= 1
    assert labs.one("select count(*) from leak where length(NUM_SECU) = 13 and NUM_SECU[1] not in ('7', '8')") == 0


def test_own_numbers_agree_with_sex_and_birth(labs: Replica) -> None:
    own = """from leak join truth using (record) where person = insured and NUM_SECU[1] in ('1', '2') and SEXE <> ''
        and cast(NUM_SECU[4:5] as int) <= 12"""
    agrees = (
        """((NUM_SECU[1] = '1') = (SEXE = 'M') and NUM_SECU[2:3] = DT_NAISS[9:10] and NUM_SECU[4:5] = DT_NAISS[4:5])"""
    )
    assert labs.one(f"select avg({agrees}::int) {own}") > 0.998


def test_children_carry_the_number_of_a_parent_at_hand(labs: Replica) -> None:
    children = "from leak join truth using (record) where CIVIL in ('ENFANT', 'BEBE') and kind = 'person'"
    assert labs.one(f"select count(*) {children} and insured = person") == 0
    assert labs.one(f"select count(*) {children} and (ASS_NOM is null or ASS_PREN is null)") == 0
    assert labs.one(f"select count(*) {children} and NUM_SECU is not null and NUM_SECU[2:3] = DT_NAISS[9:10]") < 5


def test_two_persons_never_share_a_number_of_their_own(labs: Replica) -> None:
    own = "select NUM_SECU from leak join truth using (record) where person = insured and NUM_SECU is not null"
    assert labs.one(f"select count(*) from ({own} group by 1 having count(distinct person) > 1)") == 0


def test_who_comes_back_differs_somehow_but_not_in_everything(labs: Replica) -> None:
    back = "select person from truth where kind = 'person' group by 1 having count(*) > 1"
    traits = " + ".join(f"count(distinct {trait})" for trait in ("NOM_PAT", "upper(PREN)", "DT_NAISS", "ADR1 || VILLE"))
    rows = labs.ask(f"select {traits} from leak join truth using (record) where person in ({back}) group by person")
    assert len(rows) > 100
    assert 0.4 < sum(traits > 4 for (traits,) in rows) / len(rows) < 0.95
    assert max(traits for (traits,) in rows) < 9


def test_tests_are_there_and_are_nobody(labs: Replica) -> None:
    rows = labs.ask("select person, NOM_PAT || ' ' || PREN from leak join truth using (record) where kind = 'test'")
    assert rows
    assert all(person is None and any(word in name for word in ("TEST", "XX", "ESSAI")) for person, name in rows)


def test_bytes_are_cp1252_with_crlf(labs: Replica) -> None:
    content = labs.path.read_bytes()
    content.decode("cp1252")
    assert any(byte > 127 for byte in content)
    assert content.count(b"\r\n") == labs.truth["records"]["found"] + 1
