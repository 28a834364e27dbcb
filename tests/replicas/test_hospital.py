"""``hospital-2024``: the dump is what MySQL would write, and its truth is what an independent reading finds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from colmate.replicas import generate
from colmate.replicas.hospital import generate_folder, schema
from colmate.replicas.labs_plan import luhn
from colmate.replicas.tables import Ints

SCALE = 0.004
TOKEN = re.compile(r"(?:_binary )?'((?:[^'\\]|\\.)*)'|(NULL)|0x([0-9A-F]*)|(-?\d+(?:\.\d+)?)|([(),;])", re.DOTALL)
ESCAPED = {"n": "\n", "r": "\r", "0": "\0", "Z": "\x1a"}
DIAGNOSED = "diagnostic join sejour using (sejour_id) join patients using (patient_id)"
PRESCRIBED = """prescription_line_medicament join prescription using (prescription_id)
    join sejour on object_id = sejour_id join patients using (patient_id)"""


def _values(statement: str) -> list[list[str]]:
    """The rows of an INSERT, by the rules of MySQL's manual (9.1.1); NULL is ''."""
    rows: list[list[str]] = []
    for text, null, blob, figure, mark in TOKEN.findall(statement):
        if mark == "(":
            rows.append([])
        elif not mark:
            plain = re.sub(r"\\(.)", lambda found: ESCAPED.get(found[1], found[1]), text, flags=re.DOTALL)
            rows[-1].append("" if null else plain or blob or figure)
    return rows


@dataclass(frozen=True)
class Hospital:
    """The dump loaded by hand, with ``record`` (1 for the first) in each table, and ``truth``."""

    path: Path
    text: str
    truth: dict[str, Any]
    connection: duckdb.DuckDBPyConnection

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def one(self, query: str) -> Any:
        ((value,),) = self.ask(query)
        return value


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Hospital:
    folder = tmp_path_factory.mktemp("hospital")
    truth = generate("hospital-2024", folder / "leak.sql", scale=SCALE)
    text = (folder / "leak.sql").read_text(encoding="utf-8")
    connection = duckdb.connect()
    for name, body in re.findall(r"CREATE TABLE `(\w+)` \((.*?)\n\) ENGINE", text, re.DOTALL):
        names = re.findall(r"^  `(\w+)`", body, re.MULTILINE)
        statements = re.findall(rf"^INSERT INTO `{name}` VALUES (.*?\));\n/?", text, re.MULTILINE | re.DOTALL)
        rows = [row for statement in statements for row in _values(statement)]
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        table = pa.table({"record": range(1, len(rows) + 1)} | {key: list(cells) for key, cells in columns.items()})
        connection.register("arriving", table)
        connection.execute(f'create table "{name}" as select * from arriving')
    connection.execute(f"create table truth as select * from '{folder / 'truth.parquet'}'")
    return Hospital(folder / "leak.sql", text, truth, connection)


def test_published_count_scaled(hospital: Hospital) -> None:
    assert hospital.truth["persons"]["by_role"]["patient"] == round(758_912 * SCALE)
    assert hospital.one("select count(distinct person) from truth where \"table\" = 'patients'") == round(
        758_912 * SCALE
    )
    assert hospital.truth["persons"]["count"] == sum(hospital.truth["persons"]["by_role"].values())


def test_truth_agrees_with_every_table(hospital: Hospital) -> None:
    found = 0
    for table in hospital.truth["tables"]:
        rows = hospital.one(f'select count(*) from "{table["name"]}"')
        assert rows == table["records"] == hospital.truth["records"]["by_table"][table["name"]]
        found += rows
        for column in table["columns"]:
            filled = hospital.one(f'select count(nullif("{column["name"]}", \'\')) from "{table["name"]}"')
            assert (table["name"], column["name"], filled) == (table["name"], column["name"], column["filled"])
    assert found == hospital.truth["records"]["found"]
    assert len(hospital.truth["tables"]) == hospital.text.count("CREATE TABLE") == len(schema())


def test_keys_are_unique_and_references_hold(hospital: Hospital) -> None:
    for table in schema():
        twice = f'select 1 from "{table.name}" group by "{table.primary}" having count(*) > 1'
        assert not hospital.ask(twice)
        for reference in table.references:
            other, column = reference.target.split(".")
            orphans = f"""select count(*) from "{table.name}" as child anti join "{other}" as parent
                on child."{reference.column}" = parent."{column}" where child."{reference.column}" <> ''"""
            assert hospital.one(orphans) == 0, (table.name, reference)


def test_some_references_are_declared_and_others_are_not(hospital: Hospital) -> None:
    declared = set(re.findall(r"FOREIGN KEY \(`(\w+)`\) REFERENCES `(\w+)` \(`(\w+)`\)", hospital.text))
    said = {
        (key["column"], *key["references"].split("."))
        for table in hospital.truth["tables"]
        for key in table["keys"]
        if key["references"] and key["declared"]
    }
    assert declared == said
    assert ("sejour_id", "sejour", "sejour_id") in declared
    undeclared = [key for table in hospital.truth["tables"] for key in table["keys"] if not key["declared"]]
    assert len(undeclared) > len(declared)


def test_records_of_related_tables_are_their_patients(hospital: Hospital) -> None:
    """Two and three joins by the keys of the dump give the person that the truth names."""
    connection = hospital.connection
    connection.execute(
        """create or replace table owner as select key::varchar as patient_id, person as owner
        from truth where "table" = 'patients'"""
    )
    for table, source in (
        ("diagnostic", DIAGNOSED),
        ("prescription_line_medicament", PRESCRIBED),
        ("consultation", "consultation join patients using (patient_id)"),
        ("constantes_medicales", "constantes_medicales join patients using (patient_id)"),
        ("correspondant_patient", "correspondant_patient join patients using (patient_id)"),
    ):
        query = f"""with rows as (select {table}.record as place, patients.patient_id from {source})
            select count(*), count(*) filter (person is distinct from owner) from rows join owner using (patient_id)
            join truth on truth.record = place and truth."table" = '{table}'"""
        total, wrong = hospital.ask(query)[0]
        assert (total, wrong) == (hospital.truth["records"]["by_table"][table], 0)


def test_special_categories_two_joins_away(hospital: Hospital) -> None:
    """HIV and addiction by the CIM-10 and ATC codes of the dump are the persons whom the truth counts."""
    for category, codes, drugs in (("hiv_sti", "^(B2|Z21|B18|A5)", "^J05AR"), ("addiction", "^(F1|K70)", "^N07B")):
        entry = next(item for item in hospital.truth["special_categories"] if item["category"] == category)
        for source, column, pattern, name in (
            (DIAGNOSED, "diagnostic.code", codes, "diagnosis_code"),
            (PRESCRIBED, "atc", drugs, "drug_code"),
        ):
            query = f"""select count(distinct person) from {source} join truth on truth."table" = 'patients'
                and key::varchar = patients.patient_id where regexp_matches({column}, '{pattern}')"""
            assert hospital.one(query) == entry["persons_from"].get(name, 0)


def test_special_categories_add_up_over_their_sources(hospital: Hospital) -> None:
    for entry in hospital.truth["special_categories"]:
        column = {"health_other": "ald", "social_vulnerability": "cmu|tutelle"}.get(entry["category"], "none")
        said = f"""select count(distinct person) from truth
            where list_contains(string_split(special, ';'), '{entry["category"]} asserted patient')
            or regexp_matches(entitlements, '{column}')"""
        assert hospital.one(said) == entry["persons"]
        assert max(entry["persons_from"].values(), default=0) <= entry["persons"]
    by_column = """select word, count(distinct person) from (select person,
        unnest(string_split(entitlements, ';')) as word from truth) group by 1 order by 1"""
    assert hospital.ask(by_column) == sorted(pair for pair in hospital.truth["entitlements"].items() if pair[1])


def test_further_files_are_two_to_three_in_a_hundred(hospital: Hospital) -> None:
    shares, patients = hospital.truth["shares"], hospital.truth["persons"]["by_role"]["patient"]
    assert 0.02 < shares["further_files"] / patients < 0.03
    assert shares["persons_with_three_files"] > 0
    differ = """select count(*) from (select person from patients join truth on "table" = 'patients'
        and truth.record = patients.record where person is not null group by person
        having count(*) > 1 and count(distinct nom || prenom || naissance) > 1)"""
    assert 0.25 < hospital.one(differ) / (shares["persons_with_two_files"] + shares["persons_with_three_files"]) < 0.95


def test_relatives_are_who_the_truth_says(hospital: Hospital) -> None:
    detail, roles = hospital.truth["persons"]["by_role_detail"], hospital.truth["persons"]["by_role"]
    assert hospital.one("select count(distinct relative) from truth") == detail["relatives"]
    assert 0.15 < detail["relatives_who_are_patients"] / detail["relatives"] < 0.45
    alone = """select count(distinct relative) from truth where relative not in (select person from truth
        where person is not null) and relative not in (select insured from truth where insured is not null)"""
    assert hospital.one(alone) == roles["relative"]
    same = """select count(*), count(*) filter (r.prenom = p.prenom) from correspondant_patient r
        join truth t on t."table" = 'correspondant_patient' and t.record = r.record
        join truth u on u."table" = 'patients' and u.person = t.relative join patients p on p.record = u.record"""
    rows, equal = hospital.ask(same)[0]
    assert equal / rows > 0.9


def test_professionals_are_one_person_by_their_number(hospital: Hospital) -> None:
    numbers = [int(value) for (value,) in hospital.ask("select distinct rpps from medecin where rpps <> ''")]
    array: Ints = pa.array(numbers).to_numpy()
    assert (luhn(array // 10) == array % 10).all()
    both = """select count(*) from users_mediboard u join medecin m on u.rpps = m.rpps and u.rpps <> ''
        join truth t on t."table" = 'users_mediboard' and t.key::varchar = u.user_id
        join truth v on v."table" = 'medecin' and v.key::varchar = m.medecin_id
        where t.professional <> v.professional"""
    assert hospital.one(both) == 0
    roles = hospital.truth["persons"]["by_role"]
    assert hospital.one("select count(distinct professional) from truth") == roles["professional"]


def test_controllers_are_the_establishments(hospital: Hospital) -> None:
    query = """select controller::varchar, count(*), count(distinct person), count(distinct person) filter
        (special is not null) from truth where controller is not null group by 1 order by 1"""
    told = [
        (item["label"], item["records"], item["persons"], item["special_category_persons"])
        for item in hospital.truth["controllers"]
    ]
    assert sorted(told) == hospital.ask(query)
    assert {item["code"]: item["label"] for item in hospital.truth["controllers"]} == dict(
        hospital.ask('select group_id, "text" from groups_mediboard')
    )


def test_nobody_is_seen_after_death_or_before_birth(hospital: Hospital) -> None:
    for table, column in (("sejour", "entree"), ("consultation", "heure"), ("constantes_medicales", "datetime")):
        late = f"""select count(*) from "{table}" join patients using (patient_id)
            where deces <> '' and left("{column}", 10) > deces"""
        assert hospital.one(late) == 0
    assert hospital.one("select count(*) from patients where deces <> '' and deces < naissance") == 0
    assert hospital.truth["persons"]["deceased"] > 0


def test_no_address_can_reach_anybody(hospital: Hospital) -> None:
    domains = set(re.findall(r"@([a-z0-9.-]+\.[a-z]+)", hospital.text))
    assert domains
    assert all(domain.endswith((".example", "example.org", "example.net", "example.com")) for domain in domains)


def test_the_dump_has_what_dumps_have(hospital: Hospital) -> None:
    for mark in ("/*!40101 SET NAMES utf8mb4 */;", "_binary '", ",0x", "NULL", "\\'", "\\n", "LOCK TABLES", "MyISAM"):
        assert mark in hospital.text
    assert hospital.text.endswith("-- Dump completed on 2024-11-12  3:12:47\n")
    assert max(len(line.encode()) for line in hospital.text.splitlines()) < 1_100_000


def test_a_folder_has_the_same_rows(hospital: Hospital, tmp_path: Path) -> None:
    told = generate_folder(tmp_path / "tables", SCALE, 1)
    kept = {"persons", "records", "special_categories", "controllers", "period", "shares", "entitlements", "exposure"}
    assert {key: told[key] for key in kept} == {key: hospital.truth[key] for key in kept}
    for table in schema():
        options = "header = true, all_varchar = true, quote = '\"', escape = '\"', parallel = false"
        source = f"read_csv('{tmp_path}/tables/{table.name}.csv', {options}, new_line = '\\n')"
        columns = ", ".join(f"coalesce(\"{column.name}\", '')" for column in table.columns)
        mine = ", ".join(f'"{column.name}"' for column in table.columns)
        if table.name == "files_mediboard":
            continue  # control characters in a signature are no matter of CSV
        assert hospital.ask(f"select {columns} from {source}") == hospital.ask(f'select {mine} from "{table.name}"')


def test_truth_on_disk_is_what_was_returned(hospital: Hospital) -> None:
    assert json.loads((hospital.path.parent / "truth.json").read_text(encoding="utf-8")) == hospital.truth
    assert {path.name for path in hospital.path.parent.iterdir()} == {"leak.sql", "truth.json", "truth.parquet"}
