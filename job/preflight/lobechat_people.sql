-- How LobeChat's settings bear on people, as they will be once the plan is carried out: a row for each provider that has
-- links (links: people with one; stranded: those of them without another way in; unaddressed: those without an address),
-- and one without a provider (stranded: people with neither a password nor a provider that is enabled; passwords_alone).
WITH entries AS (
    SELECT a.user_id, a.provider_id, a.password
    FROM pg_temp.accounts_to_be a
    UNION ALL
    SELECT a.user_id, a.provider_id, a.password
    FROM pg_temp.plan_accounts a
    WHERE a.action IN ('insert', 'update')
),
people AS (
    SELECT
        coalesce(u.id, p.id) AS id,
        coalesce(CASE WHEN p.id IS NULL THEN u.email ELSE p.new_email END, '') = '' AS unaddressed
    FROM pg_temp.lobechat_users u
    FULL JOIN (
        SELECT id, new_email FROM pg_temp.plan_users WHERE row_action IN ('insert', 'update')
    ) AS p ON p.id = u.id
),
ways AS (
    SELECT
        people.id,
        people.unaddressed,
        -- see sign_in.sql for what LobeChat can check
        coalesce(bool_or(e.provider_id = 'credential' AND e.password ~ '^([$]2[ab][$]|[0-9a-f]+:[0-9a-f]+$)'), false)
            AS password,
        coalesce(bool_or(e.provider_id <> 'credential' AND e.provider_id = ANY (run.providers)), false) AS provider
    FROM pg_temp.run
    CROSS JOIN people
    LEFT JOIN entries e ON e.user_id = people.id
    GROUP BY people.id, people.unaddressed
)
SELECT
    each.provider_id,
    count(*) AS links,
    count(*) FILTER (WHERE NOT (w.password AND run.email_sign_in) AND NOT w.provider) AS stranded,
    count(*) FILTER (WHERE w.unaddressed) AS unaddressed,
    NULL::bigint AS passwords_alone
FROM pg_temp.run
CROSS JOIN (SELECT DISTINCT e.user_id, e.provider_id FROM entries e WHERE e.provider_id <> 'credential') AS each
JOIN ways w ON w.id = each.user_id
GROUP BY each.provider_id
UNION ALL
SELECT
    NULL,
    NULL,
    count(*) FILTER (WHERE NOT w.password AND NOT w.provider),
    NULL,
    count(*) FILTER (WHERE w.password AND NOT w.provider)
FROM ways w
ORDER BY 2 DESC NULLS LAST, 1
