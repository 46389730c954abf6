-- Everybody who is kept.
SELECT r.id FROM pg_temp.rollback_users r WHERE r.kept ORDER BY r.id;
