"""Tests: real PostgreSQL, real HTTP."""
