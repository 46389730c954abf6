"""Everything that the environment decides, read once into one frozen object."""

from job.settings.load import load_settings
from job.settings.model import PREFIX, Mode, Settings, Stage

__all__ = ["PREFIX", "Mode", "Settings", "Stage", "load_settings"]
