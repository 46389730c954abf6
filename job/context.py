"""Shared services of a run."""

from dataclasses import dataclass

from job.core.progress import Progress
from job.core.stop import Stop
from job.settings import Settings


@dataclass(frozen=True)
class Context:
    """The settings of one run, its id, its signals and time-outs, and its progress."""

    settings: Settings
    run_id: str
    stop: Stop
    progress: Progress
