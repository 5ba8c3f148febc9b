-- The roles that PostgREST and Auth sign in with get the password of the database. Runs once, with an empty volume.
\set password `echo "$POSTGRES_PASSWORD"`
alter user authenticator with password :'password';
alter user supabase_auth_admin with password :'password';
