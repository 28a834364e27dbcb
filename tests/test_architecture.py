"""The house rules that a machine can hold: who may import whom, sizes, what is public, what is documented."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import colmate
from colmate import errors

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "colmate"
STAGES = {"intake", "columns", "subjects", "notes", "exposure", "report"}
GROUND = {"errors", "model", "engine", "catalogue"}
# room → the rooms it may import; whatever is not listed here is a fault
ALLOWED = {
    "errors": set[str](),
    "model": set[str](),
    "catalogue": set[str](),
    "progress": set[str](),
    "engine": {"errors"},
    "case": {"errors", "engine"},
    **dict.fromkeys(STAGES, GROUND),
    "replicas": {"errors"},
    "sections": {"columns", "model", "intake", "subjects"},
    "pipeline": STAGES | GROUND | {"case", "progress", "sections"},
    "analysis": {"pipeline", "sections", "intake", "case", "engine", "errors", "model", "progress"},
    "linking": {"intake", "columns", "subjects", "engine", "catalogue", "errors"},
    "verification": {"case", "engine", "errors", "report"},
    "review": {"case", "catalogue", "engine", "errors", "notes", "sections"},
    "explanation": {"case", "engine", "errors", "pipeline", "sections", "subjects"},
    "telling": {"explanation", "report", "subjects"},
    "__main__": {"cli"},
    "cli": {"analysis", "explanation", "review", "telling", "verification", "replicas", "report", "errors", "progress"},
}
# a library's own logger may be silenced, nothing else
LOGGED = r"getLogger\(([^)]*)\)(?!\.setLevel)"
MODULES = sorted(SOURCE.rglob("*.py"))


def _room(module: Path) -> str:
    return module.relative_to(SOURCE).parts[0].removesuffix(".py")


def _imports(module: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "colmate":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("colmate."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("colmate.")}
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_room_imports_only_what_it_may(module: Path) -> None:
    room = _room(module)
    if room == "__init__":
        return
    assert _imports(module) - {room} <= ALLOWED[room]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_is_one_idea(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 330


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_is_printed_and_only_one_logger_tree_is_used(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert not re.search(r"^\s*print\(", text, re.MULTILINE)
    assert all(name.startswith(('"colmate', "__name__")) for name in re.findall(LOGGED, text))


def test_public_names_are_exactly_those_promised() -> None:
    assert sorted(name for name in vars(colmate) if name in colmate.__all__) == sorted(colmate.__all__)
    assert all(getattr(colmate, name).__doc__ for name in colmate.__all__)


def test_there_is_one_exception_tree() -> None:
    kinds = [kind for name, kind in vars(errors).items() if isinstance(kind, type)]
    assert all(issubclass(kind, errors.ColmateError) for kind in kinds)
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in kinds)
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and module.name != "errors.py":
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                assert not any(base.endswith(("Error", "Exception")) for base in bases), f"{module}: {node.name}"


def test_every_command_is_documented() -> None:
    from colmate.cli import app

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert command.callback is not None and command.callback.__doc__
        assert f"colmate {command.callback.__name__}" in readme


def test_the_product_speaks_of_itself_alone() -> None:
    tracked = [*MODULES, *(ROOT / "tests").rglob("*.py"), ROOT / "README.md", ROOT / "constraints.txt"]
    for path in tracked:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/(root|opt|srv|Users)/|/home/\w|--index-url|file://", text) or path == Path(__file__), (
            path
        )
