-- What the operator should know, a row for each user and reason.
SELECT every.user_id, every.code, coalesce(every.detail, '') AS detail
FROM (
    -- The mapping's findings hold for users in scope; of the others the conflict or the skipping says enough.
    SELECT f.user_id, f.code, f.detail
    FROM pg_temp.staged_findings f
    JOIN pg_temp.plan_users p ON p.id = f.user_id
    WHERE p.action NOT IN ('conflict', 'skipped') OR f.code = 'only_in_csv'
    UNION ALL
    SELECT p.id, 'changed_since', NULL
    FROM pg_temp.plan_users p
    WHERE p.kept_in_lobechat OR p.row_action = 'deleted'
    UNION ALL
    SELECT a.user_id, 'changed_since',
        a.provider_id || coalesce(', now of ' || (
            SELECT min(moved.user_id) FROM pg_temp.lobechat_accounts moved
            WHERE moved.id = a.id AND moved.user_id <> a.user_id), '')
    FROM pg_temp.plan_accounts a
    WHERE a.action = 'changed_since'
    UNION ALL
    SELECT t.user_id, 'changed_since',
        'two_factor' || coalesce(', now of ' || (
            SELECT min(moved.user_id) FROM pg_temp.lobechat_two_factor moved
            WHERE moved.id = t.id AND moved.user_id <> t.user_id), '')
    FROM pg_temp.plan_two_factor t
    WHERE t.action = 'changed_since'
    UNION ALL -- on the simple path nobody asked Clerk
    SELECT u.id, 'only_in_lobechat', NULL
    FROM pg_temp.run
    CROSS JOIN pg_temp.lobechat_users u
    WHERE run.path = 'full' AND NOT EXISTS (SELECT FROM pg_temp.staged_users s WHERE s.id = u.id)
      AND NOT EXISTS (SELECT FROM pg_temp.joined_newcomers n WHERE n.id = u.id)
    UNION ALL
    SELECT n.user_id, 'newcomer_joined', n.id
    FROM (
        SELECT planned.id, planned.user_id
        FROM pg_temp.newcomers_to_join planned
        UNION
        SELECT l.id, l.user_id
        FROM pg_temp.run
        JOIN pg_temp.ledger_batches b ON b.run_id = run.run_id
        JOIN pg_temp.ledger_newcomers l ON l.batch_id = b.id
    ) AS n
    UNION ALL
    SELECT n.user_id, 'newcomer_not_joined', n.id || ': ' || n.reason
    FROM pg_temp.plan_newcomers n
    WHERE n.reason IS NOT NULL
    UNION ALL
    SELECT l.user_id, 'link_removed_at_clerk', a.provider_id
    FROM pg_temp.run
    CROSS JOIN pg_temp.last_written_accounts l
    JOIN pg_temp.lobechat_accounts a ON a.id = l.id
    JOIN pg_temp.staged_users s ON s.id = l.user_id AND s.in_api
    WHERE run.path = 'full' AND (s.in_csv OR l.id NOT LIKE 'cred\_%')
      AND NOT EXISTS (SELECT FROM pg_temp.staged_accounts one WHERE one.id = l.id)
      AND coalesce(l.old ->> 'user_id', l.user_id) = l.user_id -- not one that a newcomer brought
    UNION ALL
    SELECT p.id, 'shut_out_left_out', NULL
    FROM pg_temp.plan_users p
    JOIN pg_temp.lobechat_users u ON u.id = p.id
    JOIN pg_temp.staged_users s ON s.id = p.id
    WHERE p.action = 'conflict' AND s.shut_out AND NOT coalesce(u.banned, false)
    UNION ALL -- see sign_in.sql for what LobeChat can check
    SELECT a.user_id, 'credential_uncheckable', NULL
    FROM pg_temp.lobechat_accounts a
    WHERE a.provider_id = 'credential' AND a.password !~ '^([$]2[ab][$]|[0-9a-f]+:[0-9a-f]+$)'
      AND NOT EXISTS (SELECT FROM pg_temp.plan_accounts p WHERE p.existing_id = a.id AND p.action = 'update')
    UNION ALL
    SELECT i.user_id, 'email_refused', NULL
    FROM pg_temp.sign_in i
    WHERE i.email_refused
    UNION ALL
    SELECT u.id, 'email_not_matchable', NULL
    FROM pg_temp.users_in_lobechat u
    WHERE u.email <> u.matched_email
      AND NOT EXISTS (SELECT FROM pg_temp.plan_users p WHERE p.id = u.id AND p.row_action = 'update')
) AS every
ORDER BY every.user_id, every.code;
