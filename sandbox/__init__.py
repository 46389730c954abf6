"""What an operator has before the migration, simulated: PostgreSQL, LobeChat's tables, Clerk."""
