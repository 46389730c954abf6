-- The role that the job needs, and no more. Run as the database's owner in LobeChat's database, with your own name and
-- password; CLERK_TO_BETTERAUTH_SCHEMA=check is then the only action possible, as an upgrade needs the tables' owner.
CREATE ROLE clerk_to_betterauth LOGIN PASSWORD 'choose-one';
-- the job's own schema with its ledger, and temporary tables
DO $$ BEGIN EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO clerk_to_betterauth', current_database()); END $$;
GRANT USAGE ON SCHEMA public, drizzle TO clerk_to_betterauth;
GRANT SELECT ON drizzle.__drizzle_migrations TO clerk_to_betterauth;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.users, public.accounts, public.two_factor TO clerk_to_betterauth;
-- rollback and late rescue: to see whether anything hangs on a user
GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk_to_betterauth;
-- late rescue alone (CLERK_TO_BETTERAUTH_RELINK=1): it ends sessions, and rollback brings them back
GRANT INSERT, DELETE ON public.auth_sessions TO clerk_to_betterauth;
