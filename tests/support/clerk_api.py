"""A simulated Clerk, and the context of an export that asks it."""

from collections.abc import Callable
from typing import Any

import pytest

from job.context import Context

USERS = 2_600


MakeContext = Callable[..., Context]


def user(number: int, **fields: Any) -> dict[str, Any]:
    """Three users at each moment, so that pages and ranges end among users of one moment."""
    return {"id": f"user_{number:05d}", "created_at": 1_700_000_000_000 + number // 3, **fields}


either_boundary = pytest.mark.parametrize("clerk", [False, True], ids=["exclusive", "inclusive"], indirect=True)
