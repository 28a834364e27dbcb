"""What we know, as data: semantic types, special categories, harms.

Each table is a TOML file beside this module; an entry is a typed record here. Adding knowledge is adding an
entry: no code changes.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["HarmKind", "SemanticType", "SpecialCategoryKind", "harms", "load", "semantic_types", "special_categories"]


@dataclass(frozen=True)
class SemanticType:
    """One meaning a column can have.

    ``family`` groups types (identity, government, local, contact, access, money, insurance, professional,
    health, event, text, other). ``category`` is the category on the regulator's form (CNIL, step "données"):
    ``civil_status``, ``nir``, ``contact``, ``access``, ``financial``, ``official_documents``, ``location``,
    ``offences``, ``health``, ``other`` or empty where the type describes nobody. ``article`` is ``"9"``,
    ``"10"`` or empty. ``enisa`` is the class of ENISA's DPC table (simple, behavioural, financial, sensitive)
    or empty; ``dpc`` its base after adjustment (1–4, 0 where none). ``tier`` is how far the type identifies a
    person (``strong``: alone, ``local``: within its controller, ``trait``: with others, ``none``).
    ``headers`` are words that name such a column, lower case, without accents, in French and English.
    """

    id: str
    fr: str
    en: str
    family: str
    category: str = ""
    article: str = ""
    enisa: str = ""
    dpc: int = 0
    tier: str = "none"
    headers: tuple[str, ...] = ()
    harms: tuple[str, ...] = ()
    advice_fr: str = ""
    advice_en: str = ""


@dataclass(frozen=True)
class SpecialCategoryKind:
    """A special category: names, article (``"9"``, ``"10"`` or empty) and ``cues``, patterns with their reason."""

    id: str
    fr: str
    en: str
    article: str = ""
    cues: tuple[dict[str, Any], ...] = ()
    harms: tuple[str, ...] = ()


@dataclass(frozen=True)
class HarmKind:
    """A harm: names, and ``needs``: alternatives, each a list of semantic types or categories that enable it."""

    id: str
    fr: str
    en: str
    needs: tuple[tuple[str, ...], ...] = ()


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return the TOML table ``name`` of the catalogue, as id → entry."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _entries(name: str) -> dict[str, dict[str, Any]]:
    return {
        key: {"id": key} | {field: _frozen(value) for field, value in entry.items()}
        for key, entry in load(name).items()
    }


@cache
def semantic_types() -> dict[str, SemanticType]:
    """All semantic types, by id, in the catalogue's order."""
    return {key: SemanticType(**entry) for key, entry in _entries("semantic_types").items()}


@cache
def special_categories() -> dict[str, SpecialCategoryKind]:
    """All special categories, by id."""
    return {key: SpecialCategoryKind(**entry) for key, entry in _entries("special_categories").items()}


@cache
def harms() -> dict[str, HarmKind]:
    """All harms, by id."""
    return {key: HarmKind(**entry) for key, entry in _entries("harms").items()}
