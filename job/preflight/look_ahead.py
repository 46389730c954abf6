"""Before the schema is upgraded, which no rollback takes back: will the stages after it find what they need?"""

from job.clerk.export.export import check_key
from job.clerk.files.csv_file import read_csv
from job.clerk.files.users_file import read_users
from job.context import Context
from job.lobechat.plan.backup_codes import check_writable
from job.settings import Stage


def look_ahead(context: Context) -> None:
    """Try the key, read the files through, and look whether the backup codes can be written.

    Raises what the stage itself would raise.
    """
    settings = context.settings
    if settings.path == "simple" or Stage.MIGRATE not in settings.stages:
        return
    if Stage.EXPORT in settings.stages:
        check_key(context)
    else:
        for _ in read_users(settings.json_file):
            context.stop.check()
    if settings.csv_required and not (settings.csv_url and Stage.EXPORT in settings.stages):
        for _ in read_csv(settings.csv_file):
            context.stop.check()
    if settings.backup_codes_file is not None:
        check_writable(settings.working_folder / settings.backup_codes_file)
