-- What an upgrade of the schema does, of each kind, on a table of its own; it is rolled back.
CREATE TABLE public.clerk_to_betterauth_probe (id text PRIMARY KEY, name text);
ALTER TABLE public.clerk_to_betterauth_probe ADD COLUMN email text;
ALTER TABLE public.clerk_to_betterauth_probe ADD CONSTRAINT clerk_to_betterauth_probe_email_unique UNIQUE (email);
CREATE INDEX clerk_to_betterauth_probe_name_idx ON public.clerk_to_betterauth_probe (name);
DROP INDEX public.clerk_to_betterauth_probe_name_idx;
DROP TABLE public.clerk_to_betterauth_probe
