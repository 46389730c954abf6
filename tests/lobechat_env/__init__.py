"""LobeChat 2's environment: how it is read, and what is found in it."""
