"""The checks, in the order in which their exit codes count.  docs/preflight.md lists the same."""

from job.preflight.check import Check
from job.preflight.clerk import check_clerk
from job.preflight.constraints import check_constraints
from job.preflight.doubles import check_doubles
from job.preflight.encoding import check_encoding
from job.preflight.event_triggers import check_event_triggers
from job.preflight.inheritance import check_inheritance
from job.preflight.input_files import check_clerk_users, check_csv
from job.preflight.ledger_owner import check_ledger_owner
from job.preflight.ledger_tables import check_ledger_tables
from job.preflight.lobechat_environment import check_lobechat_environment
from job.preflight.lobechat_people import check_lobechat_people
from job.preflight.next_lobechat import check_next_lobechat
from job.preflight.output_files import check_backup_codes_file, check_contacts_file, check_data_folder
from job.preflight.privileges import check_privileges
from job.preflight.read_only import check_read_only
from job.preflight.right_instance import check_clerk_instance, check_known_users
from job.preflight.row_security import check_row_security
from job.preflight.rules import check_rules
from job.preflight.schema_verdict import check_schema
from job.preflight.track_counts import check_track_counts
from job.preflight.triggers import check_triggers
from job.settings import Stage

EXPORTING = frozenset({Stage.EXPORT})
WRITING = frozenset({Stage.MIGRATE})
PLANNING = frozenset({Stage.MIGRATE, Stage.VERIFY})
BEFORE_WRITING = frozenset({Stage.CHECK, Stage.ROLLBACK})

CHECKS = (
    Check("data_folder", check_data_folder, needed_by=EXPORTING, with_database=False),
    Check("backup_codes_file", check_backup_codes_file, needed_by=WRITING, with_database=False),
    Check("contacts_file", check_contacts_file, needed_by=PLANNING, with_database=False),
    Check("csv", check_csv, needed_by=PLANNING, with_database=False),
    Check("clerk_users", check_clerk_users, needed_by=PLANNING, with_database=False),
    Check("clerk", check_clerk, needed_by=EXPORTING, with_database=False),
    Check("encoding", check_encoding),
    Check("read_only", check_read_only, needed_by=PLANNING),
    Check("privileges", check_privileges, needed_by=WRITING),
    Check("ledger_owner", check_ledger_owner),
    Check("ledger_tables", check_ledger_tables),
    Check("triggers", check_triggers, needed_by=BEFORE_WRITING),
    Check("rules", check_rules, needed_by=BEFORE_WRITING),
    Check("row_security", check_row_security, needed_by=BEFORE_WRITING),
    Check("inheritance", check_inheritance, needed_by=BEFORE_WRITING),
    Check("constraints", check_constraints),
    Check("track_counts", check_track_counts),
    Check("event_triggers", check_event_triggers),
    Check("schema", check_schema),
    Check("lobechat_environment", check_lobechat_environment, with_database=False),
    Check("next_lobechat", check_next_lobechat),
    Check("clerk_instance", check_clerk_instance, needed_by=PLANNING),
    Check("known_users", check_known_users, needed_by=PLANNING, with_plan=True),
    Check("doubles", check_doubles, needed_by=PLANNING, with_plan=True),
    Check("lobechat_people", check_lobechat_people, needed_by=PLANNING, with_plan=True),
)
