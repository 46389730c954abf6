"""Writes a revision and its delta from facts: what the catalog shows that one of LobeChat's migrations changed."""
