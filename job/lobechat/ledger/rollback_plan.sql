-- Decide once for each user of the ledger whether all that the job wrote is taken back, or nothing; then cut the users who
-- are taken back into batches.
ANALYZE pg_temp.rollback_users, pg_temp.rollback_accounts, pg_temp.rollback_two_factor;
INSERT INTO pg_temp.batch_users (id) SELECT r.id FROM pg_temp.rollback_users r;
SELECT pg_temp.keep_users();
UPDATE pg_temp.rollback_users r
SET kept = cut.batch IS NULL, batch = cut.batch
FROM pg_temp.rollback_users every
LEFT JOIN (
    SELECT b.id, CASE WHEN hands_over.id IS NULL THEN 1 + (row_number() OVER () - 1) / run.batch_size ELSE 0 END AS batch
    FROM pg_temp.run
    CROSS JOIN pg_temp.batch_users b
    LEFT JOIN (
        SELECT h.id FROM pg_temp.holders h
        UNION
        SELECT h.holder_id FROM pg_temp.holders h
    ) AS hands_over ON hands_over.id = b.id
) AS cut ON cut.id = every.id
WHERE every.id = r.id;
-- The batches are planned anew: this one was of all users.
ANALYZE pg_temp.rollback_users, pg_temp.rollback_accounts, pg_temp.rollback_two_factor;
