-- What the job last wrote of each row, by the ledger: views, so that they are never out of date.

CREATE TEMPORARY VIEW last_written_users AS
SELECT l.*
FROM pg_temp.ledger_users l
JOIN (SELECT id, max(batch_id) AS batch_id FROM pg_temp.ledger_users GROUP BY id) newest USING (id, batch_id);

CREATE TEMPORARY VIEW last_written_accounts AS
SELECT l.*
FROM pg_temp.ledger_accounts l
JOIN (SELECT id, max(batch_id) AS batch_id FROM pg_temp.ledger_accounts GROUP BY id) newest USING (id, batch_id);

CREATE TEMPORARY VIEW last_written_two_factor AS
SELECT l.*
FROM pg_temp.ledger_two_factor l
JOIN (SELECT id, max(batch_id) AS batch_id FROM pg_temp.ledger_two_factor GROUP BY id) newest USING (id, batch_id);

-- The last ban of each user that the job itself set or lifted; one that it found is LobeChat's own.
CREATE TEMPORARY VIEW last_written_bans AS
SELECT DISTINCT ON (id) id, new_banned AS banned, new_ban_reason AS ban_reason, new_ban_expires AS ban_expires
FROM pg_temp.ledger_users
WHERE (old_banned OR new_banned)
  AND (old_banned, old_ban_reason, old_ban_expires) IS DISTINCT FROM (new_banned, new_ban_reason, new_ban_expires)
ORDER BY id, batch_id DESC;
