-- Changes of rows that do not come through the API leave their entries too, in the same transaction and chain: by people
-- with their own tokens over PostgREST, by Supabase Auth, and by whoever owns the database. API, worker and command line
-- use the service key and record what they do themselves.

create function private.org_of_row(way text, row_before_or_after jsonb)
returns uuid language sql stable security definer set search_path = '' as $$
  select case way
    when 'organization' then (row_before_or_after ->> 'id')::uuid
    when 'project' then
      (select p.org_id from public.projects p where p.id = (row_before_or_after ->> 'project_id')::uuid)
    when 'team' then private.org_of_team((row_before_or_after ->> 'team_id')::uuid)
    when 'deal' then (
      select p.org_id from public.deals d join public.projects p on p.id = d.project_id
      where d.id = (row_before_or_after ->> 'deal_id')::uuid
    )
    when 'application' then private.org_of_application((row_before_or_after ->> 'application_id')::uuid)
    when 'deployment' then private.org_of_deployment((row_before_or_after ->> 'deployment_id')::uuid)
    else coalesce((row_before_or_after ->> 'org_id')::uuid, '00000000-0000-0000-0000-000000000000')
  end
$$;

-- Arguments: the kind of thing, the column that names it, and how its organisation is found. Entries hold ids, roles and
-- the names of the columns that changed, never their content. Rows that go with what they belonged to are told of by
-- the entry of that.
create function private.audit_row()
returns trigger language plpgsql security definer set search_path = '' as $$
declare
  was jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  becomes jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  this jsonb := coalesce(becomes, was);
  owner_org uuid := private.org_of_row(tg_argv[2], this);
  headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
  details jsonb;
begin
  if auth.role() = 'service_role' or owner_org is null or was = becomes then
    return null;
  end if;
  details := jsonb_strip_nulls(jsonb_build_object(
    'table', tg_table_name,
    'project_id', this -> 'project_id', 'team_id', this -> 'team_id', 'role', this -> 'role',
    'role_before', case when was -> 'role' is distinct from becomes -> 'role' then was -> 'role' end,
    'database_user', case when auth.uid() is null then session_user::text end,
    'fields', case when tg_op = 'UPDATE' then (
      select jsonb_agg(b.key order by b.key) from jsonb_each(becomes) b where b.value is distinct from was -> b.key
    ) end
  ));
  perform public.append_audits(jsonb_build_array(jsonb_build_object(
    'org_id', owner_org, 'entry_id', gen_random_uuid(), 'at', clock_timestamp(),
    'actor', jsonb_build_object(
      'kind', case when auth.uid() is null then 'system' else 'user' end,
      'id', coalesce(auth.uid()::text, 'database'),
      'on_behalf_of', null
    ),
    'action', tg_argv[0] || case tg_op when 'INSERT' then '.insert' when 'UPDATE' then '.update' else '.delete' end,
    'target', jsonb_build_object('kind', tg_argv[0], 'id', this ->> tg_argv[1]),
    'result', 'done',
    'from_ip', left(split_part(headers ->> 'x-forwarded-for', ',', 1), 300),
    'user_agent', left(headers ->> 'user-agent', 300),
    'details', details
  )));
  return null;
end
$$;

revoke execute on function private.org_of_row(text, jsonb), private.audit_row() from public;

create trigger audited after insert or update or delete on public.organizations
  for each row execute function private.audit_row('organization', 'id', 'organization');
create trigger audited after insert or update or delete on public.memberships
  for each row execute function private.audit_row('membership', 'user_id', 'org_id');
create trigger audited after insert or update or delete on public.teams
  for each row execute function private.audit_row('team', 'id', 'org_id');
create trigger audited after insert or update or delete on public.team_members
  for each row execute function private.audit_row('team_member', 'user_id', 'team');
create trigger audited after insert or update or delete on public.projects
  for each row execute function private.audit_row('project', 'id', 'org_id');
create trigger audited after insert or update or delete on public.project_members
  for each row execute function private.audit_row('project_member', 'user_id', 'project');
create trigger audited after insert or update or delete on public.deals
  for each row execute function private.audit_row('deal', 'id', 'project');
create trigger audited after insert or update or delete on public.documents
  for each row execute function private.audit_row('document', 'id', 'deal');
create trigger audited after insert or update or delete on public.trial_users
  for each row execute function private.audit_row('trial', 'user_id', 'org_id');
create trigger audited after insert or update or delete on public.invitations
  for each row execute function private.audit_row('invitation', 'id', 'org_id');
create trigger audited after insert or update or delete on public.api_keys
  for each row execute function private.audit_row('api_key', 'id', 'org_id');
create trigger audited after insert or update or delete on public.applications
  for each row execute function private.audit_row('application', 'id', 'org_id');
create trigger audited after insert or update or delete on public.versions
  for each row execute function private.audit_row('version', 'id', 'org_id');
create trigger audited after insert or update or delete on public.deployments
  for each row execute function private.audit_row('deployment', 'id', 'application');
create trigger audited after insert or update or delete on public.deployment_steps
  for each row execute function private.audit_row('deployment_step', 'deployment_id', 'deployment');
create trigger audited after insert or update or delete on public.features
  for each row execute function private.audit_row('feature', 'id', 'org_id');
