"""Hold a case against ``truth.parquet``, record by record: whose each record is, and what it says of whom.

Found persons and true persons are matched by the records of the table that names the patients: a found person stands
for the true one most of whose files it holds, each for one only. What related tables say is then right when it reaches
the found person that stands for the true one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from benchmarks.truth import Line
from colmate import sections
from colmate.case import Case
from colmate.engine import Engine
from colmate.exposure.coded import conditions

CODED = ("diagnosis_code", "drug_code")
CODES = {"table": pa.int32(), "record": pa.int64(), "category": pa.string(), "source": pa.string()}
ROLES = {"patient": "person", "insured": "insured", "relative": "relative", "professional": "professional"}


@dataclass(frozen=True)
class Held:
    """The case and the truth in one connection: ``mentions``, ``findings``, ``coded``, ``truth``, ``stands``."""

    connection: duckdb.DuckDBPyConnection

    def one(self, query: str) -> tuple[Any, ...]:
        """The only row of a query."""
        (row,) = self.connection.execute(query).fetchall()
        return tuple(row)


def hold(case: Path, key: Path, truth: Path, patients: str = "patients") -> Held:
    """Read what is compared out of the case, and match persons by the records of table ``patients``."""
    connection = duckdb.connect()
    with Case.open(case, key_path=key) as box, box.engine() as engine:
        decided = sections.Columns.model_validate(box.section("columns"))
        names = {table.number: _plain(table.name) for table in decided.tables}
        mentions = engine.read(box.dataset("mentions"))
        kept = mentions.filter(mentions.person.notnull()).select("table", "record", "role", "person")
        found = {
            "mentioned": engine.arrow(kept),
            "finding": engine.arrow(engine.read(box.dataset("findings"))),
            "code": _coded(engine, box, decided),
        }
    found["named"] = pa.table({"table": pa.array(list(names), pa.int32()), "name": list(names.values())})
    for name, rows in found.items():
        connection.register(f"{name}_rows", rows)
        connection.execute(f"create table {name} as select * from {name}_rows")
    for view, rows in (("mentions", "mentioned"), ("findings", "finding"), ("coded", "code")):
        connection.execute(f'create view {view} as select * from {rows} join named using ("table")')
    connection.execute(f"create view truth as select * from '{truth}'")
    connection.execute(_STANDS.format(patients=patients))
    return Held(connection)


_STANDS = """create table stands as
    with pairs as (
        select t.person as real, m.person as found, count(*) as files
        from truth t join mentions m on m.name = t."table" and m.record = t.record and m.role = 'patient'
        where t."table" = '{patients}' and t.person is not null group by all),
    best as (select *, row_number() over (partition by found order by files desc, real) as of_found,
        row_number() over (partition by real order by files desc, found) as of_real from pairs)
    select real, found from best where of_found = 1 and of_real = 1"""


def _plain(name: str) -> str:
    """The table's name without schema or the ending of a file."""
    return name.removesuffix(".csv").rpartition(".")[2]


def _coded(engine: Engine, box: Case, decided: sections.Columns) -> pa.Table:
    """The records whose codes show a category: table, record, category, source."""
    parts = []
    for table in decided.tables:
        columns = table.decided.columns
        coded = [column for column in columns if column.semantic_type in CODED and column.filled]
        if not coded:
            continue
        canonical = engine.read(box.dataset(table.canonical))
        for column in coded:
            for fact, condition in conditions(canonical, column, columns):
                rows = engine.arrow(canonical.filter(condition.fill_null(False)).select("record"))
                count = len(rows)
                told = (pa.array([table.number] * count, pa.int32()), rows["record"].combine_chunks())
                words = (pa.array([word] * count, pa.string()) for word in (fact.name, column.semantic_type))
                parts.append(pa.table([*told, *words], names=list(CODES)))
    return pa.concat_tables(parts) if parts else pa.schema(CODES).empty_table()


def persons(held: Held, truth: dict[str, Any]) -> list[Line]:
    """Patients held exactly: one found person has all files of the true one, and no other's."""
    (whole,) = held.one(
        """with files as (select t.person as real, m.person as found from truth t join mentions m
            on m.name = t."table" and m.record = t.record and m.role = 'patient'
            where t."table" = 'patients' and t.person is not null),
        pure as (select found from files group by 1 having count(distinct real) = 1),
        entire as (select real, any_value(found) as found from files group by 1 having count(distinct found) = 1)
        select count(*) from entire join pure using (found)"""
    )
    real = truth["persons"]["by_role"]["patient"]
    lines = [Line("patients held exactly", "at least 99.5 %", f"{whole:,} ({whole / real:.2%})", whole / real >= 0.995)]
    further = held.one(
        """with files as (select person, count(*) as files from truth where "table" = 'patients' and person is not null
            group by 1 having count(*) > 1),
        found as (select t.person, count(distinct m.person) as parts from truth t join mentions m
            on m.name = t."table" and m.record = t.record and m.role = 'patient' join files f on f.person = t.person
            where t."table" = 'patients' group by 1)
        select count(*), count(*) filter (parts = 1) from found"""
    )
    share = further[1] / max(further[0], 1)
    return [*lines, Line("· patients with several files put together", "", f"{share:.1%} of {further[0]:,}", True)]


def roles(held: Held, truth: dict[str, Any]) -> Iterator[Line]:
    """How many relatives, professionals and insured the truth names, and as how many persons they were found."""
    for role in ("relative", "professional", "insured"):
        column = ROLES[role]
        real, found, split, placed = held.one(
            f"""with rows as (select distinct t."table", t.record, t.{column} as real, m.person as found from truth t
                left join mentions m on m.name = t."table" and m.record = t.record and m.role = '{role}'
                where t.{column} is not null),
            each as (select real, count(distinct found) as parts from rows group by 1)
            select (select count(*) from each), (select count(distinct found) from rows),
                (select count(*) filter (parts > 1) from each), (select count(*) filter (parts > 0) from each)"""
        )
        told = f"{found:,} found; {placed:,} of the true ones found, {split:,} of them as several"
        yield Line(f"· named as {role}", f"{real:,}", told, True)
    detail = truth["persons"]["by_role_detail"]
    (seen,) = held.one(
        """select count(distinct t.relative) from truth t
            join mentions m on m.name = t."table" and m.record = t.record and m.role = 'relative'
            join stands s on s.real = t.relative and s.found = m.person"""
    )
    yield Line("· relatives seen to be patients", f"{detail['relatives_who_are_patients']:,}", f"{seen:,}", True)


def related(held: Held, patients: str = "patients") -> Iterator[Line]:
    """Records of each related table that reach the person they are about."""
    rows = held.connection.execute(
        f"""select t."table"::varchar as name, count(*) as records, count(*) filter (s.real is not null) as right
        from truth t left join (select distinct m.name, m.record, s.real from mentions m
            join stands s on s.found = m.person where m.role = 'patient') s
            on s.name = t."table" and s.record = t.record and s.real = t.person
        where t.person is not null and t."table" <> '{patients}' group by 1 order by 1"""
    ).fetchall()
    for name, records, right in rows:
        share = right / records
        yield Line(
            f"records of {name} at their person", "at least 99.5 %", f"{share:.2%} of {records:,}", share >= 0.995
        )


_SAID = """select distinct t.person as real, split_part(fact, ' ', 1) as category from (
        select person, "table", unnest(string_split(special, ';')) as fact from truth where person is not null) t
    where fact like '% asserted patient' and "table" in ({tables})"""
_FOUND = """select distinct m.person as found, f.category from {rows} f
    join mentions m on m."table" = f."table" and m.record = f.record and m.role = 'patient' where {condition}"""
SOURCES = {
    "free_text": (
        "'patients', 'sejour', 'consultation'",
        "findings",
        "assertion = 'asserted' and subject <> 'relative'",
    ),
    "diagnosis_code": ("'diagnostic'", "coded", "source = 'diagnosis_code'"),
    "drug_code": ("'prescription_line_medicament'", "coded", "source = 'drug_code'"),
}


def categories(held: Held) -> Iterator[Line]:
    """For each source and category: persons in truth and found, and how many of them are the same."""
    for source, (tables, rows, condition) in SOURCES.items():
        said, found = _SAID.format(tables=tables), _FOUND.format(rows=rows, condition=condition)
        result = held.connection.execute(
            f"""with said as ({said}), found as (select s.real, f.found, f.category from ({found}) f
                left join stands s using (found))
            select coalesce(a.category, b.category) as category, count(a.real) as real, count(b.found) as found,
                count(*) filter (a.real is not null and b.found is not null) as both
            from said a full join found b on a.real = b.real and a.category = b.category group by 1 order by 1"""
        ).fetchall()
        for category, real, many, both in result:
            told = f"{many:,}; {both / max(real, 1):.1%} of the true ones, {both / max(many, 1):.1%} of the found ones"
            exact = source == "free_text" or (both >= 0.99 * real and both >= 0.99 * many)
            yield Line(f"· {category} by {source}", f"{real:,}", told, exact)
