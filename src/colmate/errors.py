"""Everything that can go wrong, in one tree.

::

    ColmateError                  one sentence that says what happened and what to do
    ├── InputError                the file, the folder or the option given is at fault   (exit code 2)
    │   ├── EvidenceError         a file of evidence cannot be opened, or changed while it was read
    │   ├── FormatError           the content cannot be read as any format we know
    │   └── UsageError            options that do not go together, or name something that is not there
    ├── CaseError                 the case folder cannot be used as it is                (exit code 2)
    │   ├── CaseExistsError       the folder holds a case already, or something else
    │   ├── CaseDamagedError      a dataset, the manifest or the chain of custody was changed or cut
    │   └── CaseKeyError          the key is missing, unreadable, or is not this case's
    ├── ResourceError             disk or memory ran out                                 (exit code 2)
    └── InternalError             a fault of ours: an invariant did not hold             (exit code 1)

No message ever carries a value from the evidence: column names, counts and positions only.
"""

from __future__ import annotations

__all__ = [
    "CaseDamagedError",
    "CaseError",
    "CaseExistsError",
    "CaseKeyError",
    "ColmateError",
    "EvidenceError",
    "FormatError",
    "InputError",
    "InternalError",
    "ResourceError",
    "UsageError",
]


class ColmateError(Exception):
    """Base of every error that Colmate raises on purpose; ``str(error)`` is one sentence for a person."""

    exit_code = 2


class InputError(ColmateError):
    """What was given cannot be used."""


class EvidenceError(InputError):
    """A file of evidence cannot be opened, is not a regular file, or changed while it was read."""


class FormatError(InputError):
    """The content cannot be read as any format that Colmate knows."""


class UsageError(InputError):
    """Options that do not go together, or that name something that does not exist."""


class CaseError(ColmateError):
    """The case folder cannot be used as it is."""


class CaseExistsError(CaseError):
    """The folder holds a case already, or something that is not a case."""


class CaseDamagedError(CaseError):
    """A dataset, the manifest or the chain of custody was changed, cut or removed."""


class CaseKeyError(CaseError):
    """The key is missing, cannot be read, or does not open this case."""


class ResourceError(ColmateError):
    """The disk is full, or the memory that was allowed does not do."""


class InternalError(ColmateError):
    """An invariant of ours did not hold: a fault of Colmate, not of the file."""

    exit_code = 1
