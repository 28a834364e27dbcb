"""The chain of custody: whatever is done to the file behind Colmate's back is seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from colmate.case.custody import Custody
from colmate.errors import CaseDamagedError

KEY = b"k" * 32


@pytest.fixture
def chain(tmp_path: Path) -> Custody:
    custody = Custody(tmp_path / "custody.jsonl", KEY, "0.1.0")
    for action in ("create", "intake", "verify"):
        custody.append(action, {"files": 1})
    return custody


def test_an_untouched_chain_is_whole(chain: Custody) -> None:
    assert chain.verify(*chain.state()) == 3


def _edit(lines: list[str]) -> list[str]:
    entry = json.loads(lines[1])
    entry["who"] = "somebody else"
    return [lines[0], json.dumps(entry), lines[2]]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        pytest.param(_edit, "changed at line 2", id="a line edited"),
        pytest.param(lambda lines: [lines[0], lines[2]], "changed at line 2", id="a line taken out"),
        pytest.param(lambda lines: [lines[1], lines[0], lines[2]], "changed at line 1", id="lines exchanged"),
        pytest.param(lambda lines: lines[:2], "was cut: 2 lines are left of 3", id="the end cut off"),
        pytest.param(lambda _lines: [], "was cut: 0 lines", id="emptied"),
        pytest.param(lambda lines: [*lines, "not json"], "cannot be read at line 4", id="rubbish added"),
        pytest.param(lambda lines: [*lines, lines[2]], "changed at line 4", id="a line repeated"),
    ],
)
def test_damage_is_seen(chain: Custody, damage: Callable[[list[str]], list[str]], told: str) -> None:
    lines, head = chain.state()
    chain.path.write_text("".join(f"{line}\n" for line in damage(chain.path.read_text().splitlines())))
    with pytest.raises(CaseDamagedError, match=told):
        chain.verify(lines, head)


def test_a_chain_made_anew_without_the_key_is_seen(chain: Custody) -> None:
    chain.path.unlink()
    forger = Custody(chain.path, b"f" * 32, "0.1.0")
    forger.append("create")
    with pytest.raises(CaseDamagedError, match="line 1"):
        chain.verify()
