"""What the tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from worlds import World


@pytest.fixture
def opened() -> Iterator[Callable[[World], World]]:
    """Return a function that closes a world when the test is over."""
    with ExitStack() as worlds:
        yield lambda world: worlds.enter_context(closing(world))
