-- Conflicts: two users who cannot both have what Clerk gives them.  Sought inside the input and against the database, on
-- every unique column of users, on the ids of the rows to write and on (provider, account).  Both sides are named by
-- user id; a clash of two never costs a third user anything.
DO $$
DECLARE
    any_change boolean;
BEGIN
    -- Another user's address as LobeChat's former plugin normalised it.
    INSERT INTO pg_temp.conflicts (user_id, code, other_id)
    SELECT p.id, 'conflict_normalized_email', u.id
    FROM pg_temp.users_in_scope p
    JOIN pg_temp.lobechat_users u
        ON u.normalized_email = p.new_email AND u.id <> p.id AND u.email <> p.new_email
    WHERE p.row_action IN ('insert', 'update') AND p.new_email IS DISTINCT FROM p.old_email
      AND NOT EXISTS (SELECT FROM pg_temp.newcomers_to_join newcomer WHERE newcomer.id = u.id);

    -- The same account of a provider, or the same row id, for two of Clerk's users; min and max name two of them.
    INSERT INTO pg_temp.conflicts (user_id, code, other_id)
    SELECT s.user_id, 'conflict_account',
        CASE WHEN s.user_id = same.first_id THEN same.last_id ELSE same.first_id END
    FROM (
        SELECT a.provider_id, a.account_id, min(a.user_id) AS first_id, max(a.user_id) AS last_id
        FROM (
            SELECT provider_id, account_id FROM pg_temp.staged_accounts
            GROUP BY provider_id, account_id HAVING count(*) > 1
        ) AS twice
        JOIN pg_temp.staged_accounts a USING (provider_id, account_id)
        JOIN pg_temp.users_in_scope p ON p.id = a.user_id
        GROUP BY a.provider_id, a.account_id
        HAVING min(a.user_id) <> max(a.user_id)
    ) AS same
    JOIN pg_temp.staged_accounts s USING (provider_id, account_id)
    JOIN pg_temp.users_in_scope p ON p.id = s.user_id;

    INSERT INTO pg_temp.conflicts (user_id, code, other_id)
    SELECT s.user_id, 'conflict_account_row_id',
        CASE WHEN s.user_id = same.first_id THEN same.last_id ELSE same.first_id END
    FROM (
        SELECT a.id, min(a.user_id) AS first_id, max(a.user_id) AS last_id
        FROM (SELECT id FROM pg_temp.staged_accounts GROUP BY id HAVING count(*) > 1) AS twice
        JOIN pg_temp.staged_accounts a USING (id)
        JOIN pg_temp.users_in_scope p ON p.id = a.user_id
        GROUP BY a.id
        HAVING min(a.user_id) <> max(a.user_id)
    ) AS same
    JOIN pg_temp.staged_accounts s USING (id)
    JOIN pg_temp.users_in_scope p ON p.id = s.user_id;

    -- A row of another user, except where this user had it from the job and gave it away since (asked last).
    INSERT INTO pg_temp.conflicts (user_id, code, other_id)
    SELECT DISTINCT s.user_id, 'conflict_account', existing.user_id
    FROM pg_temp.staged_accounts s
    JOIN pg_temp.users_in_scope p ON p.id = s.user_id
    JOIN pg_temp.accounts_to_be existing
        ON existing.provider_id = s.provider_id AND existing.account_id = s.account_id AND existing.user_id <> s.user_id
    WHERE CASE WHEN existing.id IS NOT NULL
               THEN s.id NOT IN (SELECT l.id FROM pg_temp.accounts_given_before l) END;

    INSERT INTO pg_temp.conflicts (user_id, code, other_id)
    SELECT DISTINCT s.user_id, 'conflict_account_row_id', existing.user_id
    FROM pg_temp.staged_accounts s
    JOIN pg_temp.users_in_scope p ON p.id = s.user_id
    JOIN pg_temp.accounts_to_be existing ON existing.id = s.id AND existing.user_id <> s.user_id
    WHERE CASE WHEN existing.id IS NOT NULL
               THEN s.id NOT IN (SELECT l.id FROM pg_temp.accounts_given_before l) END;

    INSERT INTO pg_temp.conflicts (user_id, code, other_id)
    SELECT DISTINCT s.user_id, 'conflict_two_factor_row_id', existing.user_id
    FROM pg_temp.staged_two_factor s
    JOIN pg_temp.users_in_scope p ON p.id = s.user_id
    JOIN pg_temp.lobechat_two_factor existing ON existing.id = s.id AND existing.user_id <> s.user_id
    WHERE CASE WHEN existing.id IS NOT NULL
               THEN s.id NOT IN (SELECT l.id FROM pg_temp.last_written_two_factor l) END;

    -- Where no row of users changes, nobody's address, name or number comes to anybody new.
    any_change := EXISTS (SELECT FROM pg_temp.plan_users p WHERE p.row_action IN ('insert', 'update'));

    -- Whoever is left out keeps what LobeChat's row has, which can bar another's way: so it is sought again until
    -- nothing new is found.
    LOOP
        IF any_change THEN
            -- Two rows that would end with the same value.
            INSERT INTO pg_temp.conflicts (user_id, code, other_id)
            SELECT p.id, 'conflict_email', CASE WHEN p.id = same.first_id THEN same.last_id ELSE same.first_id END
            FROM (
                SELECT new_email AS value, min(id) AS first_id, max(id) AS last_id FROM pg_temp.users_in_scope
                WHERE new_email IS NOT NULL GROUP BY new_email HAVING count(*) > 1
            ) AS same
            JOIN pg_temp.users_in_scope p ON p.new_email = same.value
            UNION ALL
            SELECT p.id, 'conflict_username', CASE WHEN p.id = same.first_id THEN same.last_id ELSE same.first_id END
            FROM (
                SELECT new_username AS value, min(id) AS first_id, max(id) AS last_id FROM pg_temp.users_in_scope
                WHERE new_username IS NOT NULL GROUP BY new_username HAVING count(*) > 1
            ) AS same
            JOIN pg_temp.users_in_scope p ON p.new_username = same.value
            UNION ALL
            SELECT p.id, 'conflict_phone', CASE WHEN p.id = same.first_id THEN same.last_id ELSE same.first_id END
            FROM (
                SELECT new_phone AS value, min(id) AS first_id, max(id) AS last_id FROM pg_temp.users_in_scope
                WHERE new_phone IS NOT NULL GROUP BY new_phone HAVING count(*) > 1
            ) AS same
            JOIN pg_temp.users_in_scope p ON p.new_phone = same.value;

            -- A row that keeps the value, because its own user is neither in the plan nor a newcomer, or does not give it up.
            INSERT INTO pg_temp.conflicts (user_id, code, other_id)
            SELECT p.id, 'conflict_email', u.id
            FROM pg_temp.users_in_scope p
            JOIN pg_temp.lobechat_users u ON u.email = p.new_email AND u.id <> p.id
            WHERE p.row_action IN ('insert', 'update') AND p.new_email IS DISTINCT FROM p.old_email
              AND NOT EXISTS (SELECT FROM pg_temp.users_in_scope holder WHERE holder.id = u.id)
              AND NOT EXISTS (SELECT FROM pg_temp.newcomers_to_join newcomer WHERE newcomer.id = u.id)
            UNION ALL
            SELECT p.id, 'conflict_username', u.id
            FROM pg_temp.users_in_scope p
            JOIN pg_temp.lobechat_users u ON u.username = p.new_username AND u.id <> p.id
            WHERE p.row_action IN ('insert', 'update') AND p.new_username IS DISTINCT FROM p.old_username
              AND NOT EXISTS (SELECT FROM pg_temp.users_in_scope holder WHERE holder.id = u.id)
              AND NOT EXISTS (SELECT FROM pg_temp.newcomers_to_join newcomer WHERE newcomer.id = u.id)
            UNION ALL
            SELECT p.id, 'conflict_phone', u.id
            FROM pg_temp.users_in_scope p
            JOIN pg_temp.lobechat_users u ON u.phone = p.new_phone AND u.id <> p.id
            WHERE p.row_action IN ('insert', 'update') AND p.new_phone IS DISTINCT FROM p.old_phone
              AND NOT EXISTS (SELECT FROM pg_temp.users_in_scope holder WHERE holder.id = u.id)
              AND NOT EXISTS (SELECT FROM pg_temp.newcomers_to_join newcomer WHERE newcomer.id = u.id);
        END IF;

        PERFORM FROM pg_temp.conflicts c JOIN pg_temp.users_in_scope p ON p.id = c.user_id;
        EXIT WHEN NOT FOUND;
        UPDATE pg_temp.plan_users p
        SET action = 'conflict', row_action = 'conflict'
        WHERE p.action NOT IN ('conflict', 'skipped') AND p.id IN (SELECT c.user_id FROM pg_temp.conflicts c);
    END LOOP;
END
$$;
