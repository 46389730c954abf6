"""Is a variable meant for the job, its prefix misspelt by one or two letters?"""

MOST_EDITS = 2


def is_near_miss(name: str, prefix: str) -> bool:
    """Whether `name`, in any case, begins with `prefix` but for at most two letters too many, missing or wrong.

    `prefix` counts with TEST_ and PROD_ in front too.  Two letters in each other's place are two wrong ones.
    """
    return any(_edits(name.upper(), front + prefix) <= MOST_EDITS for front in ("", "TEST_", "PROD_"))


def _edits(name: str, prefix: str) -> int:
    """The least number of edits that make `prefix` of a beginning of `name` (Levenshtein's distance)."""
    beginning = name[: len(prefix) + MOST_EDITS]
    row = list(range(len(beginning) + 1))
    for place, wanted in enumerate(prefix, 1):
        above, row = row, [place]
        for column, letter in enumerate(beginning, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (letter != wanted)))
    return min(row)
