"""LobeChat's schema: the verdict, and whether an upgrade that is asked for can be carried out."""

import schema
from job.core.errors import SchemaOutdatedError
from job.preflight.check import CheckResult, Preflight, passed
from job.settings import Stage


def check_schema(preflight: Preflight) -> CheckResult:
    """Look; what is found is kept for the upgrade, which the stage check carries out once every check has passed."""
    state = preflight.schema
    if Stage.MIGRATE in preflight.settings.stages and (state.revision or "") < state.target < schema.READY:
        raise SchemaOutdatedError(
            f"revision {state.target}, the target of the upgrade, lacks what the job writes",
            hint="set CLERK_TO_BETTERAUTH_SCHEMA_TARGET to ready, or leave it unset",
        )
    plan = f"; {len(state.plan)} revisions lead to {state.target}" if state.plan else ""
    return passed(f"the schema is {state.verdict.value} at revision {state.revision or 'none'}{plan}")
