-- What the job makes, of each kind and in each place; it is rolled back.
CREATE TEMPORARY TABLE clerk_to_betterauth_probe (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
CREATE INDEX clerk_to_betterauth_probe_name_idx ON pg_temp.clerk_to_betterauth_probe (name);
CREATE TEMPORARY VIEW clerk_to_betterauth_probe_view AS SELECT p.id, p.name FROM pg_temp.clerk_to_betterauth_probe p;
CREATE FUNCTION pg_temp.clerk_to_betterauth_probe() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE pg_temp.clerk_to_betterauth_probe_kind AS ENUM ('one', 'other');
DROP VIEW pg_temp.clerk_to_betterauth_probe_view;
CREATE SCHEMA IF NOT EXISTS clerk_to_betterauth;
REVOKE ALL ON SCHEMA clerk_to_betterauth FROM PUBLIC;
CREATE TABLE clerk_to_betterauth.probe (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
CREATE INDEX probe_name_idx ON clerk_to_betterauth.probe USING brin (name);
ALTER TABLE clerk_to_betterauth.probe ADD COLUMN kind text;
DROP TABLE clerk_to_betterauth.probe
