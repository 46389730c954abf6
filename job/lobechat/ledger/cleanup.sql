-- Drop the ledger's own tables, and their schema where nothing else stands in it.
DO $$
BEGIN
    DROP TABLE IF EXISTS
        clerk_to_betterauth.batches,
        clerk_to_betterauth.users,
        clerk_to_betterauth.accounts,
        clerk_to_betterauth.two_factor,
        clerk_to_betterauth.newcomers;
    BEGIN
        DROP SCHEMA IF EXISTS clerk_to_betterauth RESTRICT;
    EXCEPTION WHEN dependent_objects_still_exist THEN
        NULL; -- somebody else's tables: the schema stays with them
    END;
END
$$;
