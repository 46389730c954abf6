"""Target side: LobeChat's PostgreSQL database: lock, plan, apply, ledger, verify, rollback."""
