"""What names say of references: that ``patient_id``, ``id_patient``, ``PAT_ID`` or ``num_dossier`` mean a table's key.

Numbers alone prove nothing: 1 to 40 are among the keys of any table of 40 rows. A reference has to be told by the
words of its column too: those of the table it refers to, those of that table's key, or the role they stand for.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from colmate.catalogue import load
from colmate.columns.headers import read, split, subject_of, take_role

__all__ = [
    "ACTING",
    "ALIKE",
    "ROLE",
    "acts",
    "core",
    "core_of_table",
    "is_an_id",
    "names_a_key",
    "openings",
    "told_by_name",
]

# words that say "key" and not whose
KEY_WORDS = frozenset(
    (
        "id",
        "ids",
        "ref",
        "reference",
        "num",
        "numero",
        "no",
        "nr",
        "nb",
        "code",
        "cod",
        "cle",
        "key",
        "fk",
        "pk",
        "uuid",
    )
) | frozenset(("guid", "oid", "identifiant", "ident", "idx", "uid", "sk", "rowid", "number"))
OUTRIGHT = frozenset(("id", "fk", "guid", "uuid"))
# words around the name of a table
FRAME = frozenset(
    ("t", "tbl", "tb", "table", "tab", "dbo", "public", "ref", "l", "d", "de", "du", "des", "la", "le", "of")
)
SHORTEST = 3
SAME, INSIDE, SHORT, ROLE, PART = 1.0, 0.9, 0.8, 0.7, 0.55
# two names that mean the same kind of thing: a stay, a visit, a venue
ALIKE = 0.6
# who acts in a system is in its table of users, or of professionals
ACTING = ("account", "professional")


def told_by_name(column: str, table: str, key: str, own: str) -> float:
    """Return how well the name of a column of ``own`` says that it refers to ``key`` of ``table``: 0 to 1.

    A column that is named after its own table is that table's key: only an equal name elsewhere makes it a reference.
    """
    words, theirs, of_key = core(column), core_of_table(table), core(key)
    if not words:
        return 0.0
    score = _alike(words, theirs)
    if of_key:
        # the key's own name elsewhere is a reference: to the table that is named so too, before those that refer to it
        named = _alike(of_key, theirs) >= INSIDE
        score = max(score, _alike(words, of_key) * (1.0 if named else 0.8))
    if score < ROLE:
        score = max(score, ROLE if _by_role(column, table) else 0.0)
    if score < PART:
        stays = min(read(name).score("stay_id") for name in (column, table)) >= ALIKE
        score = max(score, PART if stays else 0.0)
    return score if own == table or score > _alike(words, core_of_table(own)) else 0.0


@cache
def _actors() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(split(word)) for word in load("vocabularies")["references"]["actor"])


@lru_cache(maxsize=20_000)
def acts(column: str) -> bool:
    """Return whether a name refers to whoever acted: ``owner_id``, ``created_by``, ``id_praticien``.

    Other words beside ("consultant" in ``nb_consultants``, "user" in ``user_type``) make it a property, no reference.
    """
    words = split(column)
    rest = tuple(word for word in words if word not in KEY_WORDS)
    if not rest or (len(rest) < len(words) and not is_an_id(column)):
        return False
    role, other = take_role(rest)
    return rest in _actors() or (role in ACTING and not other)


def _by_role(column: str, table: str) -> bool:
    """Return whether a column names somebody by the role that a table's records have."""
    subject, role = subject_of(table), read(column).role
    if subject in ACTING:
        return acts(column) or (role == subject and is_an_id(column))
    return role is not None and role == subject


def openings(words: Iterable[str]) -> set[str]:
    """Return the first letters of words: names that have none in common are no reference by their words."""
    return {word[:SHORTEST] for word in words}


def core_of_table(name: str) -> tuple[str, ...]:
    """Return the words of a table's name, without schema and prefixes, in the singular."""
    return core(name.rsplit(".", 1)[-1], framed=True)


def names_a_key(column: str) -> bool:
    """Return whether a name says "number of", whatever of: ``id``, ``code_postal``, ``no_adherent``."""
    return any(word in KEY_WORDS or _unprefixed(word) != word for word in split(column))


def is_an_id(column: str) -> bool:
    """Return whether a name says outright that the column refers by number: ``condition_concept_id``, ``fk_stay``."""
    words = split(column)
    return bool(words) and (words[-1] in OUTRIGHT or words[0] in OUTRIGHT)


@lru_cache(maxsize=20_000)
def core(name: str, framed: bool = False) -> tuple[str, ...]:
    """Return the words of a name that say whose key it is, in the singular; of a table's name with ``framed``."""
    words = [word for word in split(name) if word not in (FRAME if framed else KEY_WORDS)]
    if not framed:
        words = [_unprefixed(word) for word in words]
    return tuple(_singular(word) for word in words if word)


def _unprefixed(word: str) -> str:
    """Return a word without the "id" or "num" glued to it: ``idpatient``, ``patientid``."""
    for mark in ("id", "num", "fk", "ref", "code"):
        for rest in (word.removeprefix(mark), word.removesuffix(mark) if mark in ("id", "fk") else word):
            if rest != word and len(rest) >= SHORTEST + 1:
                return rest
    return word


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > SHORTEST and word[-1] in "sx" and not word.endswith("ss") else word


def _alike(own: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    """Return how well the words of a column fit those of a table or of its key."""
    if not theirs:
        return 0.0
    if own == theirs or "".join(own) == "".join(theirs):
        return SAME
    if set(theirs) <= set(own):
        return INSIDE
    if len(own) == len(theirs) and all(_short(a, b) for a, b in zip(own, theirs, strict=True)):
        return SHORT
    # the first or last word of a table's name: "sejour" of "mvt_sejours"
    if set(own) <= set(theirs):
        return PART if max(map(len, own)) >= SHORTEST + 1 else 0.0
    if len(theirs) == 1 and any(_short(word, theirs[0]) for word in own):
        return ROLE
    return 0.0


def _short(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= SHORTEST and long.startswith(short) and not short.isdigit())
