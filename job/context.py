"""What every stage of one run is given."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that every part can import this module, whatever it is part of
    from job.core.progress import Progress
    from job.core.stop import Stop
    from job.report import Report
    from job.settings import Settings


@dataclass(frozen=True)
class Context:
    """One run: its settings, its name, and where it looks, counts and tells."""

    settings: "Settings"
    run_id: str
    stop: "Stop"
    progress: "Progress"
    report: "Report"
