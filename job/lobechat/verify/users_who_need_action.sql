-- Everyone who must set a password, or has no way in.
SELECT user_id, class, reason FROM pg_temp.sign_in WHERE reason IS NOT NULL ORDER BY user_id;
