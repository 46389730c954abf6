-- The sign-in table: for each user of LobeChat exactly one of six ways in, judged from the rows as they are with what the
-- plan will write on top, so before a run and after it alike.
INSERT INTO pg_temp.sign_in (
    user_id, class, reason, email_refused, has_email, email_verified, has_password, avatar_at_clerk
)
WITH final AS (
    SELECT
        coalesce(u.id, p.id) AS id,
        u.id IS NULL AND p.action = 'conflict' AS left_out,
        CASE WHEN p.writes THEN p.new_email ELSE u.email END AS email,
        CASE WHEN p.writes THEN p.new_email_verified ELSE u.email_verified END AS email_verified,
        CASE WHEN p.writes THEN p.new_banned ELSE u.banned END AS banned,
        CASE WHEN p.writes THEN p.new_ban_expires ELSE u.ban_expires END AS ban_expires,
        pg_temp.served_by_clerk(CASE WHEN p.writes THEN p.new_avatar ELSE u.avatar END) AS avatar_at_clerk
    FROM (
        SELECT *
        FROM pg_temp.lobechat_users every
        WHERE NOT EXISTS (SELECT FROM pg_temp.joined_newcomers n WHERE n.id = every.id) -- their old selves get in
    ) AS u
    FULL JOIN (
        SELECT id, action, row_action IN ('insert', 'update') AS writes,
            new_email, new_email_verified, new_banned, new_ban_expires, new_avatar
        FROM pg_temp.plan_users
        WHERE action <> 'skipped' AND row_action <> 'deleted'
    ) AS p ON p.id = u.id
    UNION ALL -- named twice by the input, and so in no plan
    SELECT DISTINCT c.user_id, true, NULL, false, false, NULL::timestamptz, false
    FROM pg_temp.conflicts c
    WHERE NOT EXISTS (SELECT FROM pg_temp.lobechat_users u WHERE u.id = c.user_id)
      AND NOT EXISTS (SELECT FROM pg_temp.plan_users p WHERE p.id = c.user_id)
),
doors AS (
    SELECT
        every.user_id,
        -- What LobeChat checks: bcrypt as $2a$ and $2b$, else Better Auth's own scrypt as salt:key in hex.
        bool_or(every.provider_id = 'credential' AND every.password ~ '^([$]2[ab][$]|[0-9a-f]+:[0-9a-f]+$)') AS password,
        bool_or(every.provider_id = 'credential' AND every.password IS NOT NULL) AS any_password,
        bool_or(every.provider_id <> 'credential' AND every.can_sign_in) AS sso
    FROM (
        SELECT a.user_id, a.provider_id, a.password,
            coalesce(s.can_sign_in, a.provider_id = ANY (run.providers)) AS can_sign_in
        FROM pg_temp.run
        CROSS JOIN pg_temp.accounts_to_be a
        LEFT JOIN pg_temp.staged_accounts s
            ON s.user_id = a.user_id AND s.provider_id = a.provider_id AND s.account_id = a.account_id
        UNION ALL
        SELECT a.user_id, a.provider_id, a.password, s.can_sign_in
        FROM pg_temp.plan_accounts a
        JOIN pg_temp.staged_accounts s ON s.id = a.id
        WHERE a.action IN ('insert', 'update')
    ) AS every
    GROUP BY every.user_id
),
judged AS (
    SELECT
        f.id, f.left_out, f.email IS NOT NULL AS has_email, f.email_verified, f.matchable, f.avatar_at_clerk,
        coalesce(f.banned, false) AND (f.ban_expires IS NULL OR f.ban_expires > now()) AS shut_out,
        f.matchable AND f.email_sign_in AND NOT f.refused AS by_email,
        f.refused AND f.email_sign_in AS refused,
        f.email_verified OR NOT f.verification AS may_enter,
        coalesce(d.password, false) AS password,
        coalesce(d.any_password, false) AS has_password,
        coalesce(d.sso, false) AS sso,
        f.mail
    FROM (
        -- Of the addresses that Better Auth lets in, those that LobeChat 2.0.0 to 2.2.2 refuse: see
        -- job/mapping/refused_addresses.py.  OFFSET 0 keeps the patterns from being matched wherever they are used.
        SELECT address.*, address.matchable AND address.refuses_addresses AND (
            position('@' IN address.email) > 65
            OR (address.email LIKE '%@%-%' AND address.email !~ '@((xn--)?[a-z0-9]+(-[a-z0-9]+)*[.])+[a-z]{2,}$')
            OR (length(address.email) > 65 AND address.email ~ '@.*[^.]{64}')
            OR address.listed) AS refused
        FROM (
            -- The addresses that Better Auth lets in at sign-in as they are stored: z.email() of Zod 4, 1.4.6 and 1.6.15.
            SELECT final.*, r.domain IS NOT NULL AS listed,
                run.refuses_addresses, run.email_sign_in, run.verification, run.mail,
                coalesce(
                    email = lower(btrim(email) COLLATE "C") AND length(email) <= 254
                    AND email ~ '^([a-z0-9_''+-]+[.])*[a-z0-9_''+-]*[a-z0-9_+-]@([a-z0-9][a-z0-9-]*[.])+[a-z]{2,}$',
                    false) AS matchable
            FROM pg_temp.run
            CROSS JOIN final
            LEFT JOIN pg_temp.refused_domains r ON r.domain = split_part(final.email, '@', 2)
            OFFSET 0
        ) AS address
        OFFSET 0
    ) AS f
    LEFT JOIN doors d ON d.user_id = f.id
),
classed AS (
    SELECT *, CASE
        WHEN left_out THEN 'no_way_in'
        WHEN shut_out THEN 'shut_out'
        WHEN password AND by_email AND may_enter AND sso THEN 'password_or_sso'
        WHEN password AND by_email AND may_enter THEN 'password'
        WHEN sso THEN 'sso'
        WHEN by_email AND mail THEN 'set_password'
        ELSE 'no_way_in' END AS class
    FROM judged
)
SELECT id, class, CASE
    WHEN class NOT IN ('no_way_in', 'set_password') THEN NULL
    WHEN class = 'set_password' AND password THEN 'email_unverified'
    WHEN class = 'set_password' THEN 'no_password'
    WHEN left_out THEN 'conflict'
    WHEN NOT has_email THEN 'no_email'
    WHEN NOT matchable THEN 'email_not_matchable'
    WHEN refused THEN 'email_refused'
    WHEN by_email THEN 'no_mail_service'
    ELSE 'email_sign_in_disabled' END,
    refused AND NOT left_out AND (class = 'no_way_in' OR (class = 'sso' AND password)),
    has_email, email_verified, has_password, avatar_at_clerk
FROM classed;
