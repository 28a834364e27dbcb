"""Who is in the evidence: mentions of data subjects, resolved into persons, and counted with an interval.

`resolve` is the stage; `colmate.link` is the same linkage on an Arrow table. ``vocabulary`` and ``names`` hold what is
known of French civil identity, ``traits`` and ``mentions`` read it off the records, ``blocking``, ``scoring``,
``learning`` and ``clusters`` link, ``doubts`` says how sure, ``counting`` how many, ``conflicts`` what to look at,
``explaining`` why.
"""

from colmate.subjects.doubts import Doubts, Uncertainty
from colmate.subjects.explaining import Kept, Met, Tie, Trait, Why, explain
from colmate.subjects.resolution import resolve
from colmate.subjects.tables import ColumnLike, Subjects, SubjectTable

__all__ = [
    "ColumnLike",
    "Doubts",
    "Kept",
    "Met",
    "SubjectTable",
    "Subjects",
    "Tie",
    "Trait",
    "Uncertainty",
    "Why",
    "explain",
    "resolve",
]
