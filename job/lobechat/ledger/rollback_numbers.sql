-- What is to be taken back: the rows of each table, and the batches in their order.
SELECT
    (SELECT count(*) FROM pg_temp.rollback_users r WHERE r.written AND NOT r.kept) AS users,
    (SELECT count(*) FROM pg_temp.rollback_accounts a
     JOIN pg_temp.rollback_users r ON r.id = a.user_id AND NOT r.kept) AS accounts,
    (SELECT count(*) FROM pg_temp.rollback_two_factor t
     JOIN pg_temp.rollback_users r ON r.id = t.user_id AND NOT r.kept) AS two_factor,
    ARRAY(SELECT DISTINCT r.batch FROM pg_temp.rollback_users r WHERE NOT r.kept ORDER BY r.batch) AS batches;
