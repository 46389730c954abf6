-- Users who take over an address, name or number that another one gives up, and those others: they have to change in one
-- transaction, the batch 0.
WITH movers AS (
    SELECT DISTINCT side.id
    FROM (
        SELECT taker.id AS taker_id, giver.id AS giver_id
        FROM pg_temp.plan_users taker
        JOIN pg_temp.plan_users giver ON giver.old_email = taker.new_email AND giver.id <> taker.id
        WHERE giver.row_action = 'update' AND taker.row_action IN ('insert', 'update')
          AND taker.new_email IS DISTINCT FROM taker.old_email
        UNION ALL
        SELECT taker.id AS taker_id, giver.id AS giver_id
        FROM pg_temp.plan_users taker
        JOIN pg_temp.plan_users giver ON giver.old_username = taker.new_username AND giver.id <> taker.id
        WHERE giver.row_action = 'update' AND taker.row_action IN ('insert', 'update')
          AND taker.new_username IS DISTINCT FROM taker.old_username
        UNION ALL
        SELECT taker.id AS taker_id, giver.id AS giver_id
        FROM pg_temp.plan_users taker
        JOIN pg_temp.plan_users giver ON giver.old_phone = taker.new_phone AND giver.id <> taker.id
        WHERE giver.row_action = 'update' AND taker.row_action IN ('insert', 'update')
          AND taker.new_phone IS DISTINCT FROM taker.old_phone
    ) AS pair
    CROSS JOIN LATERAL (VALUES (pair.taker_id), (pair.giver_id)) AS side (id)
),
their_accounts AS (
    UPDATE pg_temp.plan_accounts a SET batch = 0 FROM movers WHERE a.user_id = movers.id
),
their_two_factor AS (
    UPDATE pg_temp.plan_two_factor t SET batch = 0 FROM movers WHERE t.user_id = movers.id
)
UPDATE pg_temp.plan_users p SET batch = 0 FROM movers WHERE p.id = movers.id;
