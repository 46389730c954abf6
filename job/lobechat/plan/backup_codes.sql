-- The new backup codes of the users whose row is, or will be, the one that these codes open.
SELECT s.user_id, s.codes
FROM pg_temp.staged_two_factor s
JOIN pg_temp.plan_two_factor p ON p.id = s.id
LEFT JOIN pg_temp.lobechat_two_factor existing ON existing.id = p.existing_id
WHERE s.codes IS NOT NULL
  AND (p.action IN ('insert', 'update')
    OR (p.action = 'unchanged' AND existing.secret = s.secret AND existing.backup_codes = s.backup_codes))
ORDER BY s.user_id;
