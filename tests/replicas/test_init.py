"""What ``generate`` promises whatever the replica."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from colmate.errors import ResourceError, UsageError
from colmate.replicas import NAMES, generate, truth
from tests.replicas.conftest import Replica

TINY = 0.0002


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_bytes_other_seed_other_bytes(name: str, tmp_path: Path) -> None:
    folders = [tmp_path / part for part in ("one", "two", "other")]
    for folder, seed in zip(folders, (5, 5, 6), strict=True):
        folder.mkdir()
        generate(name, folder / "leak.csv", scale=TINY, seed=seed)
    for file in ("leak.csv", "truth.json", "truth.parquet"):
        one, two, other = ((folder / file).read_bytes() for folder in folders)
        assert one == two
        assert one != other


@pytest.mark.parametrize("name", NAMES)
def test_reports_progress_to_the_end(name: str, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    returned = generate(
        name, tmp_path / "leak.csv", scale=TINY, progress=lambda done, total: seen.append((done, total))
    )
    found = returned["records"]["found"]
    assert seen[-1] == (found, found)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.parametrize("there", ["leak.csv", "truth.json", "truth.parquet"])
def test_refuses_to_overwrite(there: str, tmp_path: Path) -> None:
    (tmp_path / there).write_text("mine")
    with pytest.raises(UsageError):
        generate("labs-2021", tmp_path / "leak.csv", scale=TINY)
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "file", "scale", "seed"),
    [
        ("labs-2022", "leak.csv", 0.01, 1),
        ("", "leak.csv", 0.01, 1),
        ("labs-2021", "leak.csv", 0, 1),
        ("labs-2021", "leak.csv", -1, 1),
        ("labs-2021", "leak.csv", 1.01, 1),
        ("labs-2021", "leak.csv", float("nan"), 1),
        ("labs-2021", "leak.csv", float("inf"), 1),
        ("labs-2021", "leak.csv", 0.01, -1),
        ("labs-2021", "no/folder/leak.csv", 0.01, 1),
        ("labs-2021", "truth.json", 0.01, 1),
        ("labs-2021", ".", 0.01, 1),
    ],
)
def test_says_what_is_wrong(name: str, file: str, scale: float, seed: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        generate(name, tmp_path / file, scale=scale, seed=seed)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("fault", "raised"), [(OSError("full"), ResourceError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
def test_a_failure_leaves_nothing_behind(
    fault: BaseException, raised: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(truth, "save", fail)
    with pytest.raises(raised):
        generate("labs-2021", tmp_path / "leak.csv", scale=TINY)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("which", ["labs", "practices"])
def test_truth_on_disk_is_what_was_returned(which: str, request: pytest.FixtureRequest) -> None:
    replica: Replica = request.getfixturevalue(which)
    assert json.loads((replica.path.parent / "truth.json").read_text(encoding="utf-8")) == replica.truth
    assert replica.truth["sha256"] == hashlib.sha256(replica.path.read_bytes()).hexdigest()
    assert {path.name for path in replica.path.parent.iterdir()} == {"leak.csv", "truth.json", "truth.parquet"}


@pytest.mark.parametrize("which", ["labs", "practices"])
def test_truth_agrees_with_the_file(which: str, request: pytest.FixtureRequest) -> None:
    replica: Replica = request.getfixturevalue(which)
    truth = replica.truth
    assert truth["records"]["found"] == replica.one("select count(*) from leak") == replica.parquet.num_rows
    for column in truth["tables"][0]["columns"]:
        filled = replica.one(f"select count(nullif(\"{column['name']}\", '')) from leak")
        assert (column["name"], filled) == (column["name"], column["filled"])
    kinds = json.loads(replica.parquet.schema.metadata[b"columns"])
    assert [kind["name"] for kind in kinds] == [column["name"] for column in truth["tables"][0]["columns"]]
    assert truth["persons"]["by_role"]["patient"] == replica.one("select count(distinct person) from truth")
    assert truth["persons"]["test_records"] == replica.one("select count(*) from truth where kind = 'test'")
    assert truth["persons"]["count"] == sum(truth["persons"]["by_role"].values())
    for trait in ("by_sex", "by_birth_decade", "by_department"):
        assert sum(truth["persons"][trait].values()) == truth["persons"]["by_role"]["patient"]


@pytest.mark.parametrize("which", ["labs", "practices"])
def test_truth_of_controllers_and_categories(which: str, request: pytest.FixtureRequest) -> None:
    replica: Replica = request.getfixturevalue(which)
    query = """select controller::varchar, count(*), count(distinct person),
        count(distinct person) filter (special is not null) from truth group by 1 order by 1"""
    entries = [tuple(entry.values()) for entry in replica.truth["controllers"]]
    assert sorted(entries) == replica.ask(query)
    label = replica.truth["tables"][0]["columns"][0]["name"]
    assert replica.one(f"select count(*) from leak join truth using (record) where {label} <> controller") == 0
    for entry in replica.truth["special_categories"]:
        for key, words in [
            ("persons", "asserted patient"),
            ("negated", "negated patient"),
            ("about_relatives", "% relative"),
        ]:
            query = f"""select count(distinct person) from (select person, unnest(string_split(special, ';')) as fact
                from truth) where fact like '{entry["category"]} {words}'"""
            assert entry[key] == replica.one(query), (entry["category"], key)


@pytest.mark.parametrize("which", ["labs", "practices"])
def test_no_address_can_reach_anybody(which: str, request: pytest.FixtureRequest) -> None:
    text = request.getfixturevalue(which).path.read_bytes().decode("latin-1")
    domains = {part.split(";")[0].split(",")[0].split("\r")[0] for part in text.split("@")[1:]}
    assert domains
    assert all(domain.endswith((".example", "example.org", "example.net", "example.com")) for domain in domains)
