-- The users of LobeChat whose address is not plain: printable ASCII, no blanks, no capitals.
COPY (
    SELECT u.id, u.email
    FROM public.users AS u
    WHERE u.email <> '' AND u.email COLLATE "C" !~ '^[!-@[-~]+$'
) TO STDOUT (FORMAT csv)
