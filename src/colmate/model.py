"""The report's own types: what every stage fills in and what every reader relies on.

One section a stage. Keys are fixed by the contract ``colmate-report/1``; the JSON Schema that the product
ships is generated from these classes. Counts are exact integers; no personal value appears anywhere.
This module stands below the stages: it imports none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = "colmate-report/1"

Role = Literal["patient", "insured", "professional", "relative", "account"]
Band = Literal["low", "medium", "high", "very_high"]


# in the order in which a record's main subject is chosen; a role's place is its code
ROLES: tuple[Role, ...] = ("patient", "insured", "professional", "relative", "account")


class ColumnLike(Protocol):
    """What later stages know of a column: physical field, meaning, role, the file's name for it, records filled."""

    @property
    def field(self) -> str: ...
    @property
    def semantic_type(self) -> str: ...
    @property
    def role(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def filled(self) -> int: ...


class Section(BaseModel):
    """Base of all sections: unknown keys are a mistake, and instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CaseInfo(Section):
    """Which case this is."""

    id: str
    title: str
    created: str = Field(description="UTC, ISO 8601")
    colmate: str = Field(description="version that wrote the report")
    engine: str


class Dialect(Section):
    """How a delimited file is written; ``None`` where the notion does not apply."""

    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header: bool = True


class Evidence(Section):
    """One file received, or one member of an archive."""

    name: str
    sha256: str
    bytes: int = Field(ge=0, description="size of the file as received")
    format: str
    encoding: str | None = None
    dialect: Dialect | None = None
    records_found: int = Field(ge=0)
    records_read: int = Field(ge=0)
    records_rejected: int = Field(ge=0)
    bytes_accounted: int = Field(ge=0)
    member_of: str | None = None
    notes: list[str] = Field(default_factory=list, description="what was repaired or chosen, and why; codes and counts")
    reject_reasons: dict[str, int] = Field(default_factory=dict)


class ColumnReport(Section):
    """What a column holds. ``filled`` and ``valid`` count records of the whole table."""

    name: str
    position: int = Field(ge=1)
    semantic_type: str
    role: Role | None = None
    confidence: float = Field(ge=0, le=1)
    filled: int = Field(ge=0)
    valid: int = Field(ge=0)
    distinct: int = Field(ge=0)


class Key(Section):
    """A primary key (``references`` is null) or a reference to another table's column."""

    column: str
    references: str | None = None


class TableReport(Section):
    """One table found in the evidence."""

    name: str
    evidence: str
    records: int = Field(ge=0)
    duplicates: int = Field(ge=0, description="records equal to an earlier one in every column")
    columns: list[ColumnReport]
    keys: list[Key] = Field(default_factory=list)


class Records(Section):
    """The accounting of the whole case: ``found = read + rejected``."""

    found: int = Field(ge=0)
    read: int = Field(ge=0)
    rejected: int = Field(ge=0)
    duplicates: int = Field(ge=0)

    @classmethod
    def of(cls, evidence: Iterable[Evidence], tables: Iterable[TableReport]) -> Records:
        """Add up the accounts of all evidence and tables."""
        given = list(evidence)
        return cls(
            found=sum(item.records_found for item in given),
            read=sum(item.records_read for item in given),
            rejected=sum(item.records_rejected for item in given),
            duplicates=sum(item.duplicates for item in tables),
        )


class Persons(Section):
    """Distinct data subjects. ``interval`` is the 95 % interval of ``count``."""

    count: int = Field(ge=0)
    interval: tuple[int, int]
    by_role: dict[str, int]
    by_role_interval: dict[str, tuple[int, int]] = Field(
        default_factory=dict, description="the 95 % interval of each count of ``by_role``"
    )
    minors: int = Field(ge=0)
    deceased: int = Field(ge=0)
    test_records: int = Field(ge=0)
    insufficient_records: int = Field(default=0, ge=0, description="records with too little to tell a person")
    reachable_by: dict[str, int]
    by_department: dict[str, int]
    by_birth_decade: dict[str, int]
    by_sex: dict[str, int]
    conflicts: dict[str, int] = Field(
        default_factory=dict, description="groups of records that somebody should look at, by reason (they overlap)"
    )
    method: list[str] = Field(default_factory=list, description="how the count and its interval were made")


class Period(Section):
    """The time the records speak of, by their dates of care (never birth dates)."""

    first: str | None = None
    last: str | None = None
    by_month: dict[str, int] = Field(default_factory=dict)


class Exposure(Section):
    """About how many persons one semantic type is disclosed."""

    semantic_type: str
    category: str
    persons: int = Field(ge=0)
    records: int = Field(ge=0)


class SpecialCategory(Section):
    """GDPR art. 9 and 10, and what shames or endangers."""

    category: str
    article: str | None
    persons: int = Field(ge=0)
    asserted: int = Field(ge=0)
    negated: int = Field(ge=0)
    hypothetical: int = Field(ge=0)
    about_relatives: int = Field(ge=0)
    interval: tuple[int, int] | None = Field(
        default=None,
        description="95 % interval of ``persons``: of the linkage, and of the reading where notes alone tell it",
    )
    sources: list[str] = Field(default_factory=list, alias="from")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Relatives(Section):
    """Those near the patients of whom notes tell, as a fact or a supposition: data subjects, in no count of persons.

    ``at_least`` and ``at_most`` estimate how many they are; ``patients``: those who have one; ``held``: how many of
    them the file itself names, as one certain contact of the patient, so that they can be told by name. ``by_kin``:
    patients with such a relative, by kind; ``by_category``: at least how many relatives a special category is told of.
    """

    at_least: int = Field(default=0, ge=0)
    at_most: int = Field(default=0, ge=0)
    patients: int = Field(default=0, ge=0)
    held: int = Field(default=0, ge=0)
    by_kin: dict[str, int] = Field(default_factory=dict)
    by_category: dict[str, int] = Field(default_factory=dict)
    method: list[str] = Field(default_factory=list, description="how the estimates were made")


class CaseSeverity(Section):
    """The worst that befalls a person of the case, with the factors of the ENISA formula."""

    dpc: int = Field(ge=1, le=4)
    ei: float = Field(ge=0.25, le=1)
    cb: float = Field(ge=0, le=2)
    score: float
    band: Band


class Severity(Section):
    """ENISA 2013 for each person, then for the case."""

    method: Literal["enisa-2013"] = "enisa-2013"
    persons: dict[Band, int]
    case: CaseSeverity
    assumptions: list[str]
    notify_authority: bool
    notify_persons: bool


class Harm(Section):
    """What can be done to how many persons, and what makes it possible."""

    harm: str
    persons: int = Field(ge=0)
    because: list[str]


class Controller(Section):
    """Who answers for which records."""

    label: str
    records: int = Field(ge=0)
    persons: int = Field(ge=0)
    special_category_persons: int = Field(ge=0)
    interval: tuple[int, int] | None = Field(default=None, description="95 % interval of ``persons``")


class AuthenticityTest(Section):
    test: str
    passed: float
    of: int
    log_likelihood_ratio: float


class Authenticity(Section):
    """Whether the file looks real; filled by the origin stage."""

    verdict: str
    tests: list[AuthenticityTest]


class Report(Section):
    """The whole report, as ``report.json`` holds it."""

    schema_: Literal["colmate-report/1"] = Field(default="colmate-report/1", alias="schema")
    case: CaseInfo
    evidence: list[Evidence]
    tables: list[TableReport]
    records: Records
    persons: Persons
    period: Period
    exposure: list[Exposure]
    special_categories: list[SpecialCategory]
    relatives: Relatives = Field(default_factory=Relatives)
    severity: Severity
    harms: list[Harm]
    controllers: list[Controller]
    authenticity: Authenticity | None = None
    origin: None = None
    timings: dict[str, float]

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
