"""Databases at LobeChat 2.0's revision, and Better Auth on them."""

from collections.abc import Callable

from tests.signin.better_auth import BetterAuth

Start = Callable[..., BetterAuth]
