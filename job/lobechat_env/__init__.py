"""LobeChat 2's own environment: what its file sets, what it lacks, and what each of its releases does."""
