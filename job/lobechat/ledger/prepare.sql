-- Make the ledger's schema and tables where they are not there yet, and give those of an earlier version what they lack.
-- Every table has a primary key: a publication FOR ALL TABLES would else forbid to update or delete its rows.
DO $$
DECLARE
    ledger_table text;
BEGIN
    CREATE SCHEMA IF NOT EXISTS clerk_to_betterauth;
    REVOKE ALL ON SCHEMA clerk_to_betterauth FROM PUBLIC;
    CREATE TABLE IF NOT EXISTS clerk_to_betterauth.batches (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        run_id text NOT NULL,
        path text NOT NULL,
        committed_at timestamptz NOT NULL DEFAULT now(),
        row_changes jsonb NOT NULL, -- rows of each table as [inserted, updated, deleted]
        transaction_id xid8         -- of the batch: a row that bears it was written by nobody since
    );
    CREATE TABLE IF NOT EXISTS clerk_to_betterauth.users (
        entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        batch_id bigint NOT NULL,
        id text NOT NULL,
        action text NOT NULL,
        old_email text, old_email_verified boolean, old_username text, old_first_name text, old_last_name text,
        old_full_name text, old_avatar text, old_phone text, old_phone_number_verified boolean, old_role text,
        old_banned boolean, old_ban_reason text, old_ban_expires timestamptz, old_two_factor_enabled boolean,
        old_clerk_created_at timestamptz,
        new_email text, new_email_verified boolean, new_username text, new_first_name text, new_last_name text,
        new_full_name text, new_avatar text, new_phone text, new_phone_number_verified boolean, new_role text,
        new_banned boolean, new_ban_reason text, new_ban_expires timestamptz, new_two_factor_enabled boolean,
        new_clerk_created_at timestamptz,
        kept_in_lobechat boolean -- some values are LobeChat's own; new_… then tells what the job last wrote there
    );
    CREATE TABLE IF NOT EXISTS clerk_to_betterauth.accounts (
        entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        batch_id bigint NOT NULL,
        id text NOT NULL,
        user_id text NOT NULL,
        action text NOT NULL,
        fingerprint bytea NOT NULL, -- of what was written, see apply_batch.sql
        old jsonb                   -- the whole row that was overwritten
    );
    CREATE TABLE IF NOT EXISTS clerk_to_betterauth.two_factor (
        entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        batch_id bigint NOT NULL,
        id text NOT NULL,
        user_id text NOT NULL,
        action text NOT NULL,
        fingerprint bytea NOT NULL,
        old jsonb
    );
    CREATE TABLE IF NOT EXISTS clerk_to_betterauth.newcomers ( -- whom late rescue joined with their old selves
        entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        batch_id bigint NOT NULL,
        id text NOT NULL,
        user_id text NOT NULL,         -- the old self
        old jsonb NOT NULL,            -- what the newcomer gave up
        old_sessions jsonb NOT NULL    -- the rows of auth_sessions that were deleted
    );
    FOREACH ledger_table IN ARRAY ARRAY['users', 'accounts', 'two_factor', 'newcomers'] LOOP
        EXECUTE format('CREATE INDEX IF NOT EXISTS %1$I ON clerk_to_betterauth.%2$I USING brin (batch_id)',
            ledger_table || '_batch_id_idx', ledger_table);
        EXECUTE format('ALTER TABLE clerk_to_betterauth.%I ADD COLUMN IF NOT EXISTS'
            ' entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY', ledger_table);
    END LOOP;
    IF EXISTS (
        SELECT FROM pg_catalog.pg_attribute
        WHERE attrelid = 'clerk_to_betterauth.batches'::regclass AND attname = 'touched' AND NOT attisdropped
    ) THEN
        ALTER TABLE clerk_to_betterauth.batches RENAME COLUMN touched TO row_changes;
    END IF;
    ALTER TABLE clerk_to_betterauth.users ADD COLUMN IF NOT EXISTS kept_in_lobechat boolean;
    ALTER TABLE clerk_to_betterauth.batches ADD COLUMN IF NOT EXISTS transaction_id xid8;
END
$$;
