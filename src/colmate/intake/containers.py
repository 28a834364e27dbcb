"""What every archive has in common: which members are litter, which are refused, and how many there may be.

Nothing is written to disk, so a member's path is only a name; one that climbs out of its folder is refused all the
same, for who packed it meant harm.
"""

from __future__ import annotations

import re
from typing import Final

from colmate.intake.source import LITTER, LITTER_FOLDERS

__all__ = ["MEMBERS", "litter", "unsafe"]

MEMBERS: Final = 100_000
DRIVE: Final = re.compile(r"^[A-Za-z]:")


def litter(name: str) -> bool:
    """Tell whether a member is what desktops leave behind, not evidence."""
    parts = name.replace("\\", "/").split("/")
    return parts[-1] in LITTER or parts[-1].startswith("._") or bool(LITTER_FOLDERS & set(parts))


def unsafe(name: str) -> bool:
    """Tell whether a member's path is absolute or leads out of the folder it would be unpacked in."""
    path = name.replace("\\", "/")
    return path.startswith("/") or bool(DRIVE.match(path)) or ".." in path.split("/")
