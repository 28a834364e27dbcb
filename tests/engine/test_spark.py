"""Spark and the embedded engine give the same: function by function, and for a leak as a whole."""

from __future__ import annotations

import importlib.util
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

import colmate
from colmate import replicas
from colmate.engine import (
    Engine,
    ascii_fold,
    damerau,
    extract_all,
    fingerprint,
    fingerprint_number,
    jaro_winkler,
    open_engine,
    translate,
)
from colmate.engine.spark import session
from colmate.errors import CaseDamagedError, CaseKeyError, InternalError, UsageError

# PySpark leaves the closing of its sockets to the collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

KEY = b"0" * 32
TEXTS = [
    "Éloïse  Ægir",
    "O'NEILL-ßtraße",
    "a\nb$",
    "12 RUE DE LA PAIX",
    "\u00a0x\u202f",
    "",
    None,
    "İstanbul",
    "𝒳 Œuvre",
]
OTHERS = ["ELOISE", "ONEILL", "ab", "12 rue", "x", "", "y", "istanbul", None]
NUMBERS = [0, 1, -1, 7, 2**62, -(2**62), None, 42, 10**12]
Row = Callable[[ir.Table], ir.Value]

BY_ROW: dict[str, Row] = {
    "ascii_fold": lambda t: ascii_fold(t.text),
    "translate": lambda t: translate(t.text, "éï'", "ei"),
    "damerau": lambda t: damerau(t.text, t.other),
    "jaro_winkler": lambda t: jaro_winkler(t.text, t.other),
    "extract_all": lambda t: extract_all(t.text, r"(\p{L}+)", 1).join("|"),
    "fingerprint": lambda t: fingerprint(t.text),
    "fingerprint_number": lambda t: fingerprint_number(t.number),
    "a share of fingerprints": lambda t: fingerprint(t.text) % 7,
    "combined fingerprints": lambda t: fingerprint(t.text) ^ fingerprint_number(t.number),
    "the end of a text is no line's end": lambda t: t.text.re_search(r"^a$|b\$$"),
    "letters of any script": lambda t: t.text.re_replace(r"[^\p{L}]+", " "),
    "a group": lambda t: t.text.re_extract(r"(\d+) (\w+)", 2),
    "first word": lambda t: t.text.split(" ")[0],
    "words in order": lambda t: t.text.split(" ").sort().join(" "),
    "length": lambda t: t.text.length(),
    "upper": lambda t: t.text.upper(),
    "strip": lambda t: t.text.strip(),
    "a part": lambda t: t.text.substr(1, 3),
    "floor division": lambda t: t.number // 10,
    "remainder": lambda t: t.number.abs() % 8,
    "a number or none": lambda t: t.text.substr(0, 2).strip().try_cast("int32"),
    "rounded": lambda t: (t.number.cast("float64") / 4).round(),
    "between": lambda t: t.text.between("A", "c"),
}  # fmt: skip


def _examples(engine: Engine) -> ir.Table:
    columns = {"record": range(len(TEXTS)), "text": TEXTS, "other": OTHERS, "number": pa.array(NUMBERS, pa.int64())}
    return engine.memtable(pa.table(columns), "examples")


def _both(query: Callable[[Engine], ir.Table]) -> tuple[pa.Table, pa.Table]:
    found = []
    for name in ("duckdb", "spark"):
        with open_engine(name) as engine:
            found.append(engine.arrow(query(engine)))
    return found[0], found[1]


def test_every_function_of_a_row_is_the_same(spark: None) -> None:
    def query(engine: Engine) -> ir.Table:
        table = _examples(engine)
        return table.select("record", **{name: row(table) for name, row in BY_ROW.items()}).order_by("record")

    embedded, distributed = _both(query)
    assert embedded.column_names == distributed.column_names
    for name in embedded.column_names:
        assert embedded[name].to_pylist() == distributed[name].to_pylist(), name
    assert any(value is not None and value > 2**63 for value in distributed["fingerprint"].to_pylist())


GROUPED: dict[str, Callable[[ir.Table], ir.Table]] = {
    "bits": lambda t: t.group_by("text").agg(found=t.number.bit_or()),
    "the first by another": lambda t: t.group_by(key=t.number.isnull()).agg(found=t.other.first(order_by=t.record)),
    "the last by two": lambda t: t.group_by(key=t.text.length()).agg(found=t.other.last(order_by=["number", "record"])),
    "different ones": lambda t: t.group_by(key=ascii_fold(t.text).length()).agg(found=t.other.nunique()),
    "a share": lambda t: t.group_by(key=t.record % 2).agg(found=(t.number > 0).sum(), most=t.number.max()),
    "counted by fingerprint": lambda t: t.group_by(key=fingerprint(t.other)).agg(found=t.count()),
    "the least of a group": lambda t: t.mutate(
        found=t.number.min().over(ibis.window(group_by=t.record % 3))
    ).select("record", "found"),
    "joined to itself": lambda t: t.join(
        t.view(), [("record", "number")]
    ).select("record", double=t.record * 2, text=t.text.upper()),
    "a union of two": lambda t: ibis.union(
        t.select(key=fingerprint(t.text)), t.filter(t.other != "").select(key=fingerprint(t.other)), distinct=False
    ),
    "those that another lacks": lambda t: t.anti_join(
        t.filter(t.text.re_search("^[A-Z]")).select("record"), "record"
    ).select("record"),
}  # fmt: skip


def test_groups_windows_and_joins_are_the_same(spark: None) -> None:
    for name, query in GROUPED.items():
        embedded, distributed = _both(lambda engine, query=query: query(_examples(engine)))  # type: ignore[misc]
        # the embedded engine sums integers into wider ones
        assert _sorted(embedded.cast(distributed.schema)) == _sorted(distributed), name
        assert embedded.num_rows, name


def _sorted(table: pa.Table) -> list[str]:
    return sorted(map(repr, table.to_pylist()))


def test_a_sealed_dataset_is_read_by_the_workers_and_sealed_again(spark: None, tmp_path: Path) -> None:
    with Engine(KEY) as engine:
        engine.write(pa.table({"record": range(300_000), "c0": ["MARGUERITE"] * 300_000}).to_reader(), tmp_path / "in")
    with open_engine("spark", KEY) as engine:
        table = engine.read(tmp_path / "in")
        kept = engine.materialise(table.filter(table.record % 3 == 0).mutate(print=fingerprint(table.c0)), "kept")
        assert engine.count(kept) == 100_000
        engine.write(kept, tmp_path / "out")
    assert b"MARGUERITE" not in (tmp_path / "out").read_bytes()
    with Engine(KEY) as engine:
        again = engine.read(tmp_path / "out")
        wrong = again.filter(again.print != fingerprint(again.c0))
        assert (engine.count(again), engine.count(wrong)) == (100_000, 0)
        assert engine.rows(again.aggregate(last=again.record.max()))[0]["last"] == 299_997


def test_another_key_and_a_missing_dataset_are_told_as_such(spark: None, tmp_path: Path) -> None:
    with Engine(KEY) as engine:
        engine.write(pa.table({"record": [1]}).to_reader(), tmp_path / "d")
    with open_engine("spark", b"1" * 32) as engine, pytest.raises(CaseKeyError, match="does not open"):
        engine.read(tmp_path / "d")
    with open_engine("spark", KEY) as engine:
        table = engine.read(tmp_path / "d")
        (tmp_path / "d").unlink()
        with pytest.raises(CaseDamagedError, match="workers do not see"):
            engine.arrow(table)


def test_spark_s_own_words_never_reach_the_user(spark: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLMATE_DEBUG", raising=False)
    with open_engine("spark") as engine:
        table = engine.memtable(pa.table({"c0": ["MARGUERITE-INVENTED"]}), "t")
        with pytest.raises(InternalError) as caught:
            engine.rows(table.select(n=table.c0.cast("int64")))
    assert "MARGUERITE" not in str(caught.value)
    assert caught.value.__cause__ is None


def _told(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return {name: part for name, part in report.items() if name not in ("case", "timings")}


def test_a_leak_gives_the_same_report_and_the_same_persons(spark: None, tmp_path: Path) -> None:
    leak = tmp_path / "leak.csv"
    replicas.generate("labs-2021", leak, scale=0.0006, seed=5)
    for name in ("duckdb", "spark"):
        colmate.analyse(leak, tmp_path / name, engine=name, key=tmp_path / f"{name}.key", title="both")
    assert _told(tmp_path / "duckdb") == _told(tmp_path / "spark")
    assert colmate.verify(tmp_path / "spark", key=tmp_path / "spark.key")
    persons = [_persons(tmp_path, name) for name in ("duckdb", "spark")]
    assert persons[0] == persons[1]
    assert len({person for _, _, person in persons[0]}) > 200


def _persons(folder: Path, name: str) -> set[tuple[int, str, int | None]]:
    from colmate.case import Case

    with Case.open(folder / name, key_path=folder / f"{name}.key") as case, case.engine() as engine:
        rows = engine.rows(engine.read(case.dataset("mentions")).select("table", "record", "role", "person"))
    return {(row["record"], row["role"], row["person"]) for row in rows}


@pytest.mark.parametrize(
    ("java", "said"),
    [(None, "there is none here"), ('openjdk version "11.0.2"', "this is Java 11")],
)
def test_a_machine_without_java_17_is_told_before_anything_is_made(
    java: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: object())
    for name in ("SPARK_REMOTE", "PYSPARK_GATEWAY_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if java:
        (tmp_path / "bin").mkdir()
        program = tmp_path / "bin" / "java"
        program.write_text(f"#!/bin/sh\necho '{java}' >&2\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "leak.csv").write_text("NOM;PRENOM\nA;B\n")
    with pytest.raises(UsageError, match=said):
        colmate.analyse(tmp_path / "leak.csv", tmp_path / "case", engine="spark", key=tmp_path / "k")
    assert not (tmp_path / "case").exists()


def test_without_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"colmate\[spark\]"):
        colmate.link(pa.table({"a": ["x"]}), engine="spark")


def test_a_session_that_writes_plain_data_is_refused() -> None:
    class Conf:
        def get(self, name: str, _default: str) -> str:
            return {"spark.io.encryption.enabled": "false"}.get(name, "false")

    class Session:
        conf = Conf()

    with pytest.raises(UsageError, match=r"spark\.io\.encryption\.enabled=true"):
        session.checked(Session())


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(UsageError, match="choose one of duckdb, spark"):
        colmate.link(pa.table({"a": ["x"]}), engine="abacus")
