"""``practices-2026``: duplicates, notes, practices."""

from __future__ import annotations

from tests.replicas.conftest import PRACTICES_SCALE, Replica

LEAK = "id_cabinet, id_patient, nom_naissance, nom_usage, prenom, date_naissance, adresse, telephone, portable, email"


def test_published_counts_scaled(practices: Replica) -> None:
    assert practices.one("select count(*) from leak") == 19_000_000 * PRACTICES_SCALE
    assert practices.one("select count(distinct person) from truth") == 15_000_000 * PRACTICES_SCALE
    assert practices.one("select count(distinct id_cabinet) from leak") == 1_500 * PRACTICES_SCALE


def test_notes_of_169000_persons_scaled(practices: Replica) -> None:
    noted = "from leak join truth using (record) where commentaire_administratif is not null"
    assert practices.one(f"select count(distinct person) {noted}") == 169_000 * PRACTICES_SCALE
    special = practices.one(f"select count(distinct person) {noted} and special is not null")
    assert special == round(169_000 * PRACTICES_SCALE * practices.truth["shares"]["special_notes"])


def test_exact_duplicates_as_stated(practices: Replica) -> None:
    distinct = practices.one("select count(*) from (select distinct * exclude (record) from leak)")
    assert 19_000_000 * PRACTICES_SCALE - distinct == practices.truth["records"]["duplicates"]
    shares = practices.truth["shares"]
    assert shares["exact_duplicates"] == practices.truth["records"]["duplicates"]
    assert shares["exact_duplicates"] + shares["near_duplicates"] == 4_000_000 * PRACTICES_SCALE


def test_exact_copies_are_of_one_person(practices: Replica) -> None:
    shared = f"select 1 from leak join truth using (record) group by {LEAK} having count(distinct person) > 1"
    assert practices.one(f"select count(*) from ({shared})") == 0


def test_local_numbers_are_unique_in_a_practice(practices: Replica) -> None:
    query = """select count(*) from (select 1 from leak join truth using (record) group by id_cabinet, id_patient
        having count(distinct person) > 1)"""
    assert practices.one(query) == 0


def test_near_duplicates_in_the_same_and_in_other_practices(practices: Replica) -> None:
    files = "select person, count(distinct id_cabinet) as practices from leak join truth using (record) group by 1"
    elsewhere = practices.one(f"select count(*) from ({files}) where practices > 1")
    assert 0.2 < elsewhere / practices.truth["shares"]["near_duplicates"] < 0.5


def test_days_are_in_order(practices: Replica) -> None:
    out_of_order = "date_creation > coalesce(derniere_visite, date_creation) or date_modification < date_creation"
    assert practices.one(f"select count(*) from leak where {out_of_order}") == 0


def test_truth_names_the_doctor_where_the_record_does(practices: Replica) -> None:
    named = "(medecin_traitant is null) = (professional is null)"
    assert practices.one(f"select avg(({named})::int) from leak join truth using (record)") == 1
    several = (
        "select professional from leak join truth using (record) group by 1 having count(distinct medecin_traitant) > 1"
    )
    assert practices.one(f"select count(*) from ({several})") == 0
