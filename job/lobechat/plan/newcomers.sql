-- Late rescue: which users of LobeChat 2 are newcomers, that is, which exist a second time because their person was not
-- recognised, whose old self each is, and why one is left alone.  Security goes first: nobody gets an account without
-- proof that it is theirs, and what a stranger may have had a hand in is no proof.
DO $$
BEGIN
    IF (SELECT run.relink FROM pg_temp.run) IS NOT TRUE THEN
        RETURN;
    END IF;
    INSERT INTO pg_temp.plan_newcomers (id, user_id, reason, seen, account_ids)
    WITH pairs AS ( -- against all of Clerk's users, also where this plan is about a few
        -- The same account of a provider; not where the user had it from the job and gave it away since.
        SELECT a.user_id AS id, s.user_id, true AS by_link, true AS proven
        FROM pg_temp.staged_accounts s
        JOIN pg_temp.lobechat_accounts a ON a.provider_id = s.provider_id AND a.account_id = s.account_id
        WHERE s.provider_id <> 'credential' AND a.user_id <> s.user_id
          AND s.id NOT IN (SELECT l.id FROM pg_temp.accounts_given_before l)
        UNION ALL
        -- The same address: anybody could have signed up with it, so both sides must have verified it.
        SELECT u.id, s.id, false, u.email_verified AND s.email_verified
        FROM pg_temp.staged_users s
        JOIN pg_temp.lobechat_users u ON u.email = s.email
        WHERE u.id <> s.id
        UNION ALL
        -- The same address once normalised may be another mailbox.
        SELECT u.id, s.id, false, false
        FROM pg_temp.staged_users s
        JOIN pg_temp.lobechat_users u ON u.normalized_email = s.email AND u.email IS DISTINCT FROM s.email
        WHERE u.id <> s.id
    ),
    candidates AS (
        SELECT pair.id, pair.user_id, pair.by_link, pair.proven, count(*) OVER (PARTITION BY pair.id) AS old_selves
        FROM (
            SELECT each.id, each.user_id, bool_or(each.by_link) AS by_link, bool_or(each.proven) AS proven
            FROM pairs AS each
            GROUP BY each.id, each.user_id
        ) AS pair
    )
    SELECT
        u.id, c.user_id,
        CASE
            WHEN c.old_selves > 1 THEN 'fits several users of Clerk'
            WHEN coalesce(nullif(u.role, ''), 'user') <> 'user' THEN 'has a role of its own'
            WHEN u.banned THEN 'is banned'
            WHEN u.id IN (SELECT own.id FROM pg_temp.users_with_own_rows(ARRAY(SELECT one.id FROM candidates one)) AS own (id))
                THEN 'has rows of its own'
            WHEN NOT c.proven THEN 'address not verified on both sides'
            -- Whoever signed up with a password could be a stranger, and the owner's provider be joined by the address later.
            WHEN first.password < first.link THEN 'password is older than the first link'
        END,
        hash_record_extended(ROW(
            u.email, u.email_verified, u.username, u.phone, u.normalized_email, u.role, u.banned, u.clerk_created_at), 0),
        ARRAY(SELECT a.id FROM pg_temp.lobechat_accounts a WHERE a.user_id = u.id ORDER BY a.id COLLATE "C")
    FROM candidates c
    JOIN pg_temp.users_in_scope p ON p.id = c.user_id
    JOIN pg_temp.lobechat_users u ON u.id = c.id
    LEFT JOIN (
        SELECT a.user_id,
            min(a.created_at) FILTER (WHERE a.provider_id = 'credential') AS password,
            min(a.created_at) FILTER (WHERE a.provider_id <> 'credential') AS link
        FROM pg_temp.lobechat_accounts a
        GROUP BY a.user_id
    ) AS first ON first.user_id = u.id
    -- Unknown to Clerk, and never written by the job.
    WHERE u.clerk_created_at IS NULL
      AND NOT EXISTS (SELECT FROM pg_temp.staged_users s WHERE s.id = u.id)
      AND NOT EXISTS (SELECT FROM pg_temp.ledger_users l WHERE l.id = u.id)
      AND NOT EXISTS (SELECT FROM pg_temp.ledger_newcomers l WHERE l.id = u.id)
      -- Only where they clash.
      AND (c.by_link OR p.new_email IN (u.email, u.normalized_email));
END
$$;
