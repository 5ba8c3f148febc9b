-- What people and keys may do, in one round trip for each question, for the service alone.
-- Whoever asks is named by the id of a person or of a key; a key stands for its maker, in its own organisation only.

create function private.acting_for(wanted uuid)
returns table (user_id uuid, org_id uuid) language sql stable security definer set search_path = '' as $$
  select k.created_by, k.org_id from public.api_keys k
  where k.id = wanted and k.revoked_at is null and k.expires_at > now()
  union all
  select wanted, null where not exists (select 1 from public.api_keys k where k.id = wanted)
$$;
revoke execute on function private.acting_for(uuid) from public;

drop function public.deal_access(uuid, uuid);

-- project_role is the right, null without it: it counts only for members of the organisation and for people on trial.
-- org_role only tells a colleague (who may know that the deal exists) from a stranger. Strangers get no row.
create function public.deal_access(wanted_user uuid, wanted_deal uuid)
returns table (deal_id uuid, org_id uuid, project_id uuid, project_role text, org_role text, on_trial boolean,
  archived boolean)
language sql stable security definer set search_path = '' as $$
  select d.id, p.org_id, p.id, pm.role, m.role, m.user_id is null, d.archived_at is not null
  from private.acting_for(wanted_user) a
  join public.deals d on d.id = wanted_deal
  join public.projects p on p.id = d.project_id and (a.org_id is null or a.org_id = p.org_id)
  left join public.project_members pm on pm.project_id = p.id and pm.user_id = a.user_id
  left join public.memberships m on m.org_id = p.org_id and m.user_id = a.user_id
  where m.user_id is not null or (pm.user_id is not null and private.on_trial(a.user_id, p.id))
$$;

-- The deals that somebody has a role in, by name; at most 1000.
create function public.deals_of(wanted_user uuid)
returns table (deal_id uuid, org_id uuid, project_id uuid, name text, role text, archived boolean)
language sql stable security definer set search_path = '' as $$
  select d.id, p.org_id, p.id, d.name, pm.role, d.archived_at is not null
  from private.acting_for(wanted_user) a
  join public.project_members pm on pm.user_id = a.user_id
  join public.projects p on p.id = pm.project_id and (a.org_id is null or a.org_id = p.org_id)
  join public.deals d on d.project_id = p.id
  left join public.memberships m on m.org_id = p.org_id and m.user_id = a.user_id
  where m.user_id is not null or private.on_trial(a.user_id, p.id)
  order by d.name, d.id
  limit 1000
$$;

-- How somebody stands to a project; strangers get no row.
create function public.project_access(wanted_user uuid, wanted_project uuid)
returns table (project_id uuid, org_id uuid, name text, project_role text, org_role text)
language sql stable security definer set search_path = '' as $$
  select p.id, p.org_id, p.name, pm.role, m.role
  from private.acting_for(wanted_user) a
  join public.projects p on p.id = wanted_project and (a.org_id is null or a.org_id = p.org_id)
  left join public.project_members pm on pm.project_id = p.id and pm.user_id = a.user_id
  left join public.memberships m on m.org_id = p.org_id and m.user_id = a.user_id
  where m.user_id is not null or (pm.user_id is not null and private.on_trial(a.user_id, p.id))
$$;

-- The organisations that somebody belongs to, or one of them, with the role in each.
create function public.orgs_of(wanted_user uuid, wanted_org uuid default null)
returns table (org_id uuid, name text, role text, trial_allowed boolean, retention_days integer, created_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select o.id, o.name, m.role, o.trial_allowed, o.retention_days, o.created_at
  from private.acting_for(wanted_user) a
  join public.memberships m on m.user_id = a.user_id and (a.org_id is null or a.org_id = m.org_id)
  join public.organizations o on o.id = m.org_id
  where wanted_org is null or o.id = wanted_org
  order by o.name, o.id
  limit 200
$$;

-- The projects that somebody sees: those with a role of their own, and all of an organisation that they run.
create function public.projects_of(wanted_user uuid)
returns table (project_id uuid, org_id uuid, name text, project_role text, org_role text)
language sql stable security definer set search_path = '' as $$
  select p.id, p.org_id, p.name, pm.role, m.role
  from private.acting_for(wanted_user) a
  join public.projects p on a.org_id is null or a.org_id = p.org_id
  left join public.project_members pm on pm.project_id = p.id and pm.user_id = a.user_id
  left join public.memberships m on m.org_id = p.org_id and m.user_id = a.user_id
  where m.role in ('owner', 'admin')
    or (pm.user_id is not null and (m.user_id is not null or private.on_trial(a.user_id, p.id)))
  order by p.name, p.id
  limit 1000
$$;

-- The people of a project with the names that they signed up with.
create function public.project_people(wanted_project uuid)
returns table (user_id uuid, email text, full_name text, role text, created_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select pm.user_id, u.email::text, u.raw_user_meta_data::jsonb ->> 'full_name', pm.role, pm.created_at
  from public.project_members pm
  join auth.users u on u.id = pm.user_id
  where pm.project_id = wanted_project
  order by pm.created_at, pm.user_id
  limit 1000
$$;

revoke execute on function
  public.deal_access(uuid, uuid), public.deals_of(uuid), public.project_access(uuid, uuid), public.orgs_of(uuid, uuid),
  public.projects_of(uuid), public.project_people(uuid)
  from public, anon, authenticated;
grant execute on function
  public.deal_access(uuid, uuid), public.deals_of(uuid), public.project_access(uuid, uuid), public.orgs_of(uuid, uuid),
  public.projects_of(uuid), public.project_people(uuid)
  to service_role;
