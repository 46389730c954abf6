-- A rollback finds the ledger's rows by their user; a migration needs no such index.
CREATE INDEX IF NOT EXISTS users_id_idx ON clerk_to_betterauth.users (id);
CREATE INDEX IF NOT EXISTS accounts_user_id_idx ON clerk_to_betterauth.accounts (user_id);
CREATE INDEX IF NOT EXISTS two_factor_user_id_idx ON clerk_to_betterauth.two_factor (user_id);
ANALYZE clerk_to_betterauth.users, clerk_to_betterauth.accounts, clerk_to_betterauth.two_factor;
