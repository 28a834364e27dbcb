from __future__ import annotations

from collections.abc import Iterator

import pytest

from colmate.engine import Engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(threads=2) as made:
        yield made
