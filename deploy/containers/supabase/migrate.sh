#!/bin/bash
# Applies what is missing of the migrations, each with its record in one transaction, in the table of Supabase's own CLI.
set -euo pipefail
export PGOPTIONS="--client-min-messages=warning"

run() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 "$@"; }

run <<'SQL'
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (
  version text primary key, statements text[], name text
);
SQL
for file in "${MIGRATIONS:-/migrations}"/*.sql; do
  name=$(basename "$file" .sql)
  version=${name%%_*}
  known=$(run --tuples-only --no-align --set migration_version="$version" <<'SQL'
select count(*) from supabase_migrations.schema_migrations where version = :'migration_version';
SQL
  )
  if [ "$known" = 1 ]; then continue; fi
  echo "applying $name"
  { cat "$file"; echo "
insert into supabase_migrations.schema_migrations (version, name) values (:'migration_version', :'migration_name');"; } |
    run --single-transaction --set migration_version="$version" --set migration_name="${name#*_}"
done
run --command "notify pgrst, 'reload schema'"
