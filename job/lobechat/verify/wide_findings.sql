-- What concerns so many users that only their number is told, one row.
SELECT
    count(*) FILTER (WHERE s.class NOT IN ('no_way_in', 'shut_out')) AS onboarding_once,
    count(*) FILTER (
        WHERE s.class = 'sso' AND s.has_email AND NOT s.has_password AND run.email_sign_in AND run.mail
    ) AS password_by_mail_possible,
    count(*) FILTER (WHERE s.avatar_at_clerk) AS avatar_at_clerk,
    count(*) FILTER (
        WHERE s.class <> 'shut_out' AND s.has_password AND NOT s.email_verified
    ) AS password_lost_by_code
FROM pg_temp.run
CROSS JOIN pg_temp.sign_in s;
