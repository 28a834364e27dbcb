"""What real servers dump is what they hold: MariaDB, PostgreSQL and SQLite with their own tools, where installed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from colmate.intake.readers.sql import FORMATS
from tests.intake.readers.harness import Found, Row, read_with

SQL = FORMATS[0]
TEXTS = [
    "O'Brien",
    "l'hôpital d'Évreux",
    "C:\\dossiers\\new\\",
    "\\",
    "\\'",
    "'",
    "''",
    "première ligne\ndeuxième\r\ntroisième\tfin",
    'dit "bonjour"',
    "100 % _ \\% \\_",
    "",
    None,
    "NULL",
    "œuvre 😀 Łódź",
    "),(1,'x'",
    "');\nINSERT INTO `persons` VALUES (",
    "');\nINSERT INTO public.persons VALUES (",
    "-- rien",
    "/* rien */",
    "un;deux",
    " autour ",
    "\\N",
    "\\.",
    "\n\\.\n",
    "0x41",
    "$$ dollar $$",
    "`tick` # dièse",
    "E'x'::text",
    "\x1a\x08\x0b\x0c\x7f\x1f",
    "a,b;c\td|e",
]
BLOBS = [b"\x00\x01\xff\xfe", b"'\\\n\r\x1a\"\x00", bytes(range(256)), None]
COUNT = 1500


def rows() -> list[Row]:
    """The records, as the servers show them."""
    made: list[Row] = []
    for number in range(COUNT):
        blob = BLOBS[number % len(BLOBS)]
        made.append(
            {
                "id": str(number),
                "name": TEXTS[number % len(TEXTS)] or "",
                "note": TEXTS[(number * 7 + 3) % len(TEXTS)] or "",
                "born": f"19{number % 100:02d}-0{number % 9 + 1}-1{number % 10}" if number % 5 else "",
                "seen": f"2021-03-04 05:06:{number % 60:02d}",
                "amount": f"{number - 700}.{number % 100:02d}",
                "photo": "" if blob is None else "0x" + blob.hex(),
            }
        )
    return made


def nulls(number: int) -> tuple[str | None, str | None]:
    return TEXTS[number % len(TEXTS)], TEXTS[(number * 7 + 3) % len(TEXTS)]


def tool(name: str, *places: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([*places, os.environ.get("PATH", ""), "/usr/sbin"]))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(command: list[str], text: str = "", **more: object) -> bytes:
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=60, check=False, **more)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr[-2000:]
    return bytes(done.stdout)


def same(found: Found, table: str = "persons", photo: bool = True) -> None:
    """Hold what was read against what was stored."""
    assert not found.rejects
    expected = rows()
    got = sorted(found.tables[table], key=lambda row: int(row["id"]))
    assert len(got) == len(expected)
    for one, other in zip(got, expected, strict=True):
        if not photo:
            other = {name: value for name, value in other.items() if name != "photo"}
        elif one["photo"][2:] == other["photo"][2:].upper():
            # MySQL's hexadecimal
            one = {**one, "photo": other["photo"]}
        assert one == other


# MariaDB


@pytest.fixture(scope="module")
def mariadb() -> Iterator[list[str]]:
    """A server on a socket of its own; gives the options that clients need."""
    server, install, client = tool("mariadbd"), tool("mariadb-install-db"), tool("mariadb")
    folder = Path(tempfile.mkdtemp(prefix="sql"))
    user = ["--user=root"] if os.geteuid() == 0 else []
    data = ["--no-defaults", f"--datadir={folder}/data", *user]
    process = None
    try:
        run([install, *data, "--auth-root-authentication-method=normal", "--skip-test-db"])
        small = ["--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M", "--skip-networking"]
        process = subprocess.Popen(
            [server, *data, *small, f"--socket={folder}/s", f"--pid-file={folder}/pid"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        options = ["--no-defaults", f"--socket={folder}/s", "-uroot", "--default-character-set=utf8mb4"]
        for _ in range(100):
            if subprocess.run([client, *options, "-e", "SELECT 1"], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.2)
        run([client, *options], _mariadb_script())
        yield options
    finally:
        if process is not None:
            process.terminate()
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _mariadb_script() -> str:
    def text(value: str | None) -> str:
        return "NULL" if value is None else f"CONVERT(X'{value.encode().hex()}' USING utf8mb4)"

    values = []
    for number, row in enumerate(rows()):
        name, note = nulls(number)
        born = f"'{row['born']}'" if row["born"] else "NULL"
        photo = row["photo"] or "NULL"
        values.append(f"({number},{text(name)},{text(note)},{born},'{row['seen']}',{row['amount']},{photo})")
    columns = (
        "(id int NOT NULL PRIMARY KEY, name varchar(200), note text, born date, seen datetime, amount decimal(10,2), "
        "photo longblob) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n"
    )
    return (
        "CREATE DATABASE clinic; USE clinic;\n"
        f"CREATE TABLE persons {columns} INSERT INTO persons VALUES {','.join(values)};\n"
        "CREATE TABLE plain AS SELECT id, name, note, born, seen, amount FROM persons;\n"
        "CREATE TABLE visits (id int PRIMARY KEY, person int, FOREIGN KEY (person) REFERENCES persons (id));\n"
        "CREATE VIEW shown AS SELECT name FROM persons;\n"
        "DELIMITER ;;\nCREATE TRIGGER t BEFORE INSERT ON visits FOR EACH ROW BEGIN SET NEW.id = NEW.id + 1; "
        "INSERT INTO plain (id) VALUES (NEW.id); END;;\nDELIMITER ;\n"
    )


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--complete-insert"],
        ["--skip-extended-insert"],
        ["--skip-extended-insert", "--complete-insert"],
        ["--compatible=ansi"],
        ["--skip-opt", "--extended-insert"],
        ["--replace"],
        ["--insert-ignore", "--skip-quote-names"],
        ["--compact"],
        ["--routines", "--events", "--databases"],
    ],
    ids=" ".join,
)
def test_mysqldump(mariadb: list[str], options: list[str]) -> None:
    dump = run([tool("mariadb-dump"), *mariadb, "--hex-blob", *options, "clinic"])
    found = read_with(SQL, dump)
    assert SQL.sniff(_head(dump)) > 0.5
    same(found)
    same(found, "plain", photo=False)
    assert found.tables["visits"] == []
    assert found.declared["persons"].primary == ("id",)
    assert [(one.columns, one.table, one.targets) for one in found.declared["visits"].references] == [
        (("person",), "persons", ("id",))
    ]


def test_mysqldump_of_one_table_without_hexadecimal(mariadb: list[str]) -> None:
    dump = run([tool("mariadb-dump"), *mariadb, "--no-create-info", "clinic", "plain"])
    found = read_with(SQL, dump)
    assert not found.rejects
    values = [tuple(row.values()) for row in found.tables["plain"]]
    assert values == [tuple(value for name, value in row.items() if name != "photo") for row in rows()]


def test_mysqldump_without_backslash_escapes(mariadb: list[str]) -> None:
    text = "C:\\dossiers\\l''un\\"
    script = "SET sql_mode='NO_BACKSLASH_ESCAPES';\nCREATE DATABASE plainly; USE plainly;\n"
    run(
        [tool("mariadb"), *mariadb],
        f"{script}CREATE TABLE t (a varchar(50), b int); INSERT INTO t VALUES ('{text}', 1);",
    )
    dump = f"-- MariaDB dump 10\n{script}INSERT INTO `t` VALUES ('{text}',1),('{text}',2);\n".encode()
    stored = run([tool("mariadb"), *mariadb, "-N", "--raw", "-e", "SELECT a FROM plainly.t"]).decode().strip("\n")
    assert [row["a"] for row in read_with(SQL, dump.replace(b"VALUES", b"(a, b) VALUES")).tables["t"]] == [stored] * 2


# PostgreSQL


@pytest.fixture(scope="module")
def postgres() -> Iterator[tuple[Path, list[str]]]:
    """A server on a socket of its own; gives its programs' folder and the options that clients need."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").exists() else []
    programs = Path(tool("initdb", *(str(place) for place in reversed(places)))).parent
    folder = Path(tempfile.mkdtemp(prefix="sql"))
    who: dict[str, str] = {}
    if os.geteuid() == 0:
        # the server refuses to run as root
        try:
            shutil.chown(folder, "postgres")
        except LookupError:
            pytest.skip("no user postgres to run the server as")
        who = {"user": "postgres"}
    started = False
    settings = f"-k {folder} -c listen_addresses= -c fsync=off -c shared_buffers=16MB"
    try:
        run(
            [f"{programs}/initdb", "-D", f"{folder}/data", "-U", "clinic", "-A", "trust", "-E", "UTF8", "-N"],
            cwd=folder,
            **who,
        )
        start = [f"{programs}/pg_ctl", "-D", f"{folder}/data", "-w", "-o", settings, "-l", f"{folder}/log", "start"]
        subprocess.run(start, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=60, **who)  # type: ignore[call-overload]
        started = True
        options = ["-h", str(folder), "-U", "clinic", "-d", "postgres"]
        run([f"{programs}/psql", *options, "-q", "-v", "ON_ERROR_STOP=1"], _postgres_script())
        yield programs, options
    finally:
        if started:
            stop = [f"{programs}/pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"]
            subprocess.run(stop, check=False, cwd=folder, capture_output=True, timeout=60, **who)  # type: ignore[call-overload]
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_script() -> str:
    def text(value: str | None) -> str:
        return "NULL" if value is None else f"convert_from('\\x{value.encode().hex()}', 'UTF8')"

    values = []
    for number, row in enumerate(rows()):
        name, note = nulls(number)
        born = f"'{row['born']}'" if row["born"] else "NULL"
        photo = f"'\\x{row['photo'][2:]}'" if row["photo"] else "NULL"
        values.append(f"({number},{text(name)},{text(note)},{born},'{row['seen']}',{row['amount']},{photo})")
    return (
        "CREATE TABLE persons (id integer, name varchar(200), note text, born date, seen timestamp, "
        "amount numeric(10,2), photo bytea);\n"
        f"INSERT INTO persons VALUES {','.join(values)};\n"
        "ALTER TABLE persons ADD PRIMARY KEY (id);\n"
        "CREATE SCHEMA other; CREATE TABLE other.persons (only_here text); INSERT INTO other.persons VALUES ('là');\n"
        "CREATE TABLE visits (id serial PRIMARY KEY, person integer REFERENCES persons, done boolean, tags text[]);\n"
        "INSERT INTO visits (person, done, tags) VALUES (1, true, '{a,\"b c\"}'), (2, false, NULL);\n"
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN INSERT INTO visits VALUES (1); "
        "RETURN NEW; END $body$;\n"
        'CREATE TABLE "Vide" ("N° d\'ordre" integer);\n'
    )


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--inserts"],
        ["--column-inserts"],
        ["--rows-per-insert=50"],
        ["--no-owner", "--data-only"],
        ["--clean", "--if-exists"],
    ],
    ids=" ".join,
)
def test_pg_dump(postgres: tuple[Path, list[str]], options: list[str]) -> None:
    programs, client = postgres
    dump = run([f"{programs}/pg_dump", *client, *options])
    found = read_with(SQL, dump)
    assert SQL.sniff(_head(dump)) > 0.5
    # without the tables' own statements the other schema's table of the same name comes first
    names = {len(rows): name for name, rows in found.tables.items()}
    if options == ["--no-owner", "--data-only"]:
        assert not found.rejects
        hexed = [{**row, "photo": row["photo"].replace("\\x", "0x")} for row in found.tables[names[COUNT]]]
        assert sorted(hexed, key=lambda row: int(row["id"])) == rows()
        return
    same(found, names[COUNT])
    assert found.tables[names[1]] == [{"only_here": "là"}]
    assert found.tables["visits"] == [
        {"id": "1", "person": "1", "done": "true" if options and "ins" in options[0] else "t", "tags": '{a,"b c"}'},
        {"id": "2", "person": "2", "done": "false" if options and "ins" in options[0] else "f", "tags": ""},
    ]
    assert found.columns["Vide"] == ["N° d'ordre"]
    assert found.declared[names[COUNT]].primary == ("id",)
    assert [one.table for one in found.declared["visits"].references] == [names[COUNT]]


@pytest.mark.parametrize("compression", [["-Z0"], [], ["-Z9"]], ids=["none", "default", "nine"])
def test_pg_dump_custom(postgres: tuple[Path, list[str]], compression: list[str]) -> None:
    programs, client = postgres
    dump = run([f"{programs}/pg_dump", *client, "-Fc", *compression])
    form = next(one for one in FORMATS if one.id == "pgdump")
    assert form.sniff(_head(dump)) == 1.0
    found = read_with(form, dump)
    names = {len(rows): name for name, rows in found.tables.items()}
    same(found, names[COUNT])
    assert found.declared[names[COUNT]].primary == ("id",)
    assert [one.table for one in found.declared["visits"].references] == [names[COUNT]]


# SQLite


def test_sqlite_dump(tmp_path: Path) -> None:
    path = tmp_path / "clinic.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE persons (id INTEGER PRIMARY KEY, name TEXT, note TEXT, "
            "born TEXT, seen TEXT, amount TEXT, photo BLOB)"
        )
        for number, row in enumerate(rows()):
            photo = bytes.fromhex(row["photo"][2:]) if row["photo"] else None
            values = (number, *nulls(number), row["born"] or None, row["seen"], row["amount"], photo)
            connection.execute("INSERT INTO persons VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        connection.execute(
            "CREATE TRIGGER t AFTER INSERT ON persons BEGIN INSERT INTO persons (id) VALUES (1); SELECT 1; END"
        )
        python = "\n".join(connection.iterdump())
    connection.close()
    same(read_with(SQL, python.encode()))
    dump = run([tool("sqlite3"), str(path), ".dump"])
    assert SQL.sniff(_head(dump)) > 0.5
    same(read_with(SQL, dump))


def _head(content: bytes):  # type: ignore[no-untyped-def]
    from colmate.intake.evidence import Source

    return Source.of(content).head
