-- What concerns so many users that only their number is told, one row: judged, as sign_in.sql is, from the rows as they
-- are with what the plan will write on top.
WITH final AS (
    SELECT
        i.user_id,
        i.class,
        CASE WHEN p.id IS NULL THEN u.email ELSE p.new_email END AS email,
        CASE WHEN p.id IS NULL THEN u.email_verified ELSE p.new_email_verified END AS email_verified,
        CASE WHEN p.id IS NULL THEN u.avatar ELSE p.new_avatar END AS avatar
    FROM pg_temp.sign_in i
    LEFT JOIN pg_temp.lobechat_users u ON u.id = i.user_id
    LEFT JOIN pg_temp.plan_users p ON p.id = i.user_id AND p.row_action IN ('insert', 'update')
),
credentials AS (
    SELECT a.user_id
    FROM pg_temp.accounts_to_be a
    WHERE a.provider_id = 'credential' AND a.password IS NOT NULL
    UNION
    SELECT a.user_id
    FROM pg_temp.plan_accounts a
    WHERE a.provider_id = 'credential' AND a.action IN ('insert', 'update')
)
SELECT
    count(*) FILTER (WHERE f.class NOT IN ('no_way_in', 'shut_out')) AS onboarding_once,
    count(*) FILTER (
        WHERE f.class = 'sso' AND f.email IS NOT NULL AND c.user_id IS NULL AND run.email_sign_in AND run.mail
    ) AS password_by_mail_possible,
    count(*) FILTER (WHERE pg_temp.served_by_clerk(f.avatar)) AS avatar_at_clerk,
    count(*) FILTER (
        WHERE f.class <> 'shut_out' AND c.user_id IS NOT NULL AND NOT f.email_verified
    ) AS password_lost_by_code
FROM pg_temp.run
CROSS JOIN final f
LEFT JOIN credentials c ON c.user_id = f.user_id
