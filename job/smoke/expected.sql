/* What LobeChat should say, read in one snapshot: users by sign-in class, a sample of them, the providers and the domains
   of addresses that they depend on, and the operator's test user.  One row with one JSON document: job.smoke.expected.

   The classes are recomputed from what stands in users and accounts, by the rule of the report's sign-in table.

   :providers       text[]  those that LobeChat offers, as far as the job knows
   :email_sign_in, :verification, :mail   boolean  LobeChat's configuration, as far as the job knows
   :ids             text[]  read these users alone; NULL: all, and of these a sample
   :seed, :size     bigint  which sample, and how many users at most
   :test_email      text    the SHA-256 of the test user's address, in hex, so that no log of statements holds the address;
                            NULL without a test user */
WITH doors AS (
    SELECT a.user_id,
           bool_or(a.provider_id = 'credential' AND a.password ~ '^([$]2[ab][$]|[0-9a-f]+:[0-9a-f]+$)') AS password,
           array_agg(DISTINCT a.provider_id)
               FILTER (WHERE a.provider_id <> 'credential' AND a.provider_id = ANY (:providers)) AS providers
    FROM public.accounts AS a
    WHERE CAST(:ids AS text[]) IS NULL OR a.user_id = ANY (CAST(:ids AS text[]))
    GROUP BY a.user_id
),
people AS (
    SELECT u.id, u.email, u.username,
           coalesce(d.password, false) AS password,
           coalesce(d.providers, '{}') AS providers,
           coalesce(u.banned, false) AND (u.ban_expires IS NULL OR u.ban_expires > now()) AS shut_out,
           u.email_verified OR NOT :verification AS may_enter,
           :email_sign_in AND coalesce(
               u.email = lower(btrim(u.email) COLLATE "C") AND length(u.email) <= 254 AND u.email ~
               '^([a-z0-9_''+-]+[.])*[a-z0-9_''+-]*[a-z0-9_+-]@([a-z0-9][a-z0-9-]*[.])+[a-z]{2,}$', false) AS by_email
    FROM public.users AS u
    LEFT JOIN doors AS d ON d.user_id = u.id
    WHERE CAST(:ids AS text[]) IS NULL OR u.id = ANY (CAST(:ids AS text[]))
),
classed AS (
    SELECT p.id, p.email, p.username, p.providers,
           CASE
               WHEN p.shut_out THEN 'shut_out'
               WHEN p.password AND p.by_email AND p.may_enter AND p.providers <> '{}' THEN 'password_or_sso'
               WHEN p.password AND p.by_email AND p.may_enter THEN 'password'
               WHEN p.providers <> '{}' THEN 'sso'
               WHEN p.by_email AND :mail THEN 'set_password'
               ELSE 'no_way_in'
           END AS class
    FROM people AS p
),
numbered AS (
    SELECT c.id, c.email, c.username, c.class,
           row_number() OVER (PARTITION BY c.class ORDER BY hashtextextended(c.id, :seed), c.id) AS number
    FROM classed AS c
    WHERE c.email <> '' OR c.username <> ''
),
sample AS (
    SELECT n.id, n.email, n.username, n.class, n.number
    FROM numbered AS n
    ORDER BY n.number, n.class
    LIMIT :size
),
/* What the sign-in page finds: it lower-cases and trims an address, and takes a user name as it is typed. */
answers AS (
    SELECT s.id, s.class, s.number, nullif(s.email, '') AS email, nullif(s.username, '') AS username,
           by_email.id IS NOT NULL AS is_known, coalesce(by_email.has_password, false) AS has_password,
           by_name.email AS email_of_username
    FROM sample AS s
    LEFT JOIN LATERAL (
        SELECT u.id, EXISTS (
                   SELECT FROM public.accounts AS a
                   WHERE a.user_id = u.id AND a.provider_id = 'credential' AND a.password <> '') AS has_password
        FROM public.users AS u
        WHERE u.email = lower(btrim(s.email, E' \t\n\r')) AND u.email <> '') AS by_email ON true
    LEFT JOIN LATERAL (
        SELECT u.email
        FROM public.users AS u
        WHERE u.username = btrim(s.username) AND u.username <> '' AND u.email <> '') AS by_name ON true
)
SELECT jsonb_build_object(
    'classes', (
        SELECT coalesce(jsonb_object_agg(t.class, t.users), '{}')
        FROM (SELECT c.class, count(*) AS users FROM classed AS c GROUP BY c.class) AS t),
    'people', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', a.id, 'class', a.class, 'email', a.email, 'username', a.username, 'is_known', a.is_known,
            'has_password', a.has_password, 'email_of_username', a.email_of_username) ORDER BY a.class, a.number), '[]')
        FROM answers AS a),
    'providers', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', t.provider, 'users', t.users, 'dependent', t.dependent) ORDER BY t.dependent DESC, t.provider), '[]')
        FROM (
            SELECT provider, count(*) AS users,
                   count(*) FILTER (WHERE c.class = 'sso' AND cardinality(c.providers) = 1) AS dependent
            FROM classed AS c CROSS JOIN LATERAL unnest(c.providers) AS provider
            WHERE c.class <> 'shut_out'
            GROUP BY provider) AS t),
    'domains', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'users', t.users) ORDER BY t.users DESC, t.name), '[]')
        FROM (
            SELECT split_part(c.email, '@', 2) AS name, count(*) AS users
            FROM classed AS c
            WHERE c.class IN ('password', 'set_password')
            GROUP BY split_part(c.email, '@', 2)) AS t),
    'test_user', (
        SELECT jsonb_build_object('id', c.id, 'class', c.class)
        FROM classed AS c
        WHERE encode(sha256(convert_to(c.email, 'UTF8')), 'hex') = :test_email)
)::text
