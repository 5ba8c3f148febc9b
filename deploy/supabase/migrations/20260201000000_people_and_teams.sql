-- Settings of an organisation, teams, and what always holds between people, organisations and projects.
-- Refusals carry a hint for callers, last_owner or not_a_member; PostgREST answers with the status in their code.

alter table public.organizations
  add column trial_allowed boolean not null default false,
  add column retention_days integer not null default 2555 check (retention_days between 1 and 36500),
  add column updated_at timestamptz not null default now();

alter table public.projects add constraint projects_of_org unique (id, org_id);
alter table public.deals add column archived_at timestamptz;

create table public.teams (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (name <> ''),
  created_at timestamptz not null default now(),
  unique (org_id, name)
);

create table public.team_members (
  team_id uuid not null references public.teams (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (team_id, user_id)
);
create index team_members_user_id on public.team_members (user_id);

-- People on trial belong to no organisation; they have one project of their own in the one that lets them try.
create table public.trial_users (
  user_id uuid primary key references auth.users (id) on delete cascade,
  org_id uuid not null references public.organizations (id) on delete cascade,
  project_id uuid not null references public.projects (id) on delete cascade,
  deal_id uuid not null references public.deals (id) on delete cascade,
  messages_a_day integer not null check (messages_a_day > 0),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  upgraded_at timestamptz,
  upgraded_to uuid references auth.users (id) on delete set null
);
create index trial_users_org_id on public.trial_users (org_id);

create function private.on_trial(wanted_user uuid, wanted_project uuid)
returns boolean language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.trial_users t
    join public.organizations o on o.id = t.org_id
    where t.user_id = wanted_user and t.project_id = wanted_project
      and t.upgraded_at is null and t.expires_at > now() and o.trial_allowed
  )
$$;

create function private.org_of_team(wanted_team uuid)
returns uuid language sql stable security definer set search_path = '' as $$
  select t.org_id from public.teams t where t.id = wanted_team
$$;

create function private.user_in_org_of_team(wanted_user uuid, wanted_team uuid)
returns boolean language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.memberships m
    where m.org_id = private.org_of_team(wanted_team) and m.user_id = wanted_user
  )
$$;

-- A role in a project counts only for members of its organisation, and for people whose trial it is.
create or replace function private.in_project(wanted_project uuid)
returns boolean language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.project_members pm
    where pm.project_id = wanted_project and pm.user_id = auth.uid()
      and (private.user_in_org_of_project(pm.user_id, pm.project_id) or private.on_trial(pm.user_id, pm.project_id))
  )
$$;

create or replace function private.manages_project(wanted_project uuid)
returns boolean language sql stable security definer set search_path = '' as $$
  select private.manages_org_of_project(wanted_project) or exists (
    select 1 from public.project_members pm
    where pm.project_id = wanted_project and pm.user_id = auth.uid() and pm.role = 'lead'
      and private.user_in_org_of_project(pm.user_id, pm.project_id)
  )
$$;

create function private.has_project_role(wanted_project uuid, variadic wanted_roles text[])
returns boolean language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.project_members pm
    where pm.project_id = wanted_project and pm.user_id = auth.uid() and pm.role = any (wanted_roles)
      and private.in_project(wanted_project)
  )
$$;

create function private.keep_an_owner()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if old.role = 'owner' and (tg_op = 'DELETE' or new.role <> 'owner' or new.org_id <> old.org_id
      or new.user_id <> old.user_id) then
    perform 1 from public.organizations o where o.id = old.org_id for update;
    if found and not exists (
      select 1 from public.memberships m
      where m.org_id = old.org_id and m.user_id <> old.user_id and m.role = 'owner'
    ) then
      raise exception 'the last owner of an organisation cannot go' using errcode = 'PT409', hint = 'last_owner';
    end if;
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end
$$;
create trigger keep_an_owner before update or delete on public.memberships
  for each row execute function private.keep_an_owner();

create function private.leave_projects_and_teams()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  delete from public.project_members pm using public.projects p
    where p.id = pm.project_id and p.org_id = old.org_id and pm.user_id = old.user_id;
  delete from public.team_members tm using public.teams t
    where t.id = tm.team_id and t.org_id = old.org_id and tm.user_id = old.user_id;
  return old;
end
$$;
create trigger leave_projects_and_teams after delete on public.memberships
  for each row execute function private.leave_projects_and_teams();

create function private.only_members_in_projects()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not (private.user_in_org_of_project(new.user_id, new.project_id)
      or private.on_trial(new.user_id, new.project_id)) then
    raise exception 'not a member of the organisation' using errcode = 'PT403', hint = 'not_a_member';
  end if;
  return new;
end
$$;
create trigger only_members_in_projects before insert or update on public.project_members
  for each row execute function private.only_members_in_projects();

create function private.only_members_in_teams()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not private.user_in_org_of_team(new.user_id, new.team_id) then
    raise exception 'not a member of the organisation' using errcode = 'PT403', hint = 'not_a_member';
  end if;
  return new;
end
$$;
create trigger only_members_in_teams before insert or update on public.team_members
  for each row execute function private.only_members_in_teams();

revoke execute on all functions in schema private from public;
grant execute on all functions in schema private to authenticated, service_role;

alter table public.teams enable row level security;
alter table public.team_members enable row level security;
alter table public.trial_users enable row level security;
revoke all on public.teams, public.team_members, public.trial_users from anon, authenticated;
grant select, insert, update, delete on public.teams, public.team_members to authenticated, service_role;
grant select on public.trial_users to authenticated;
grant select, insert, update, delete on public.trial_users to service_role;

create policy "members see the teams" on public.teams
  for select to authenticated using (private.in_org(org_id));
create policy "owners and admins manage teams" on public.teams
  for all to authenticated
  using (private.has_org_role(org_id, 'owner', 'admin')) with check (private.has_org_role(org_id, 'owner', 'admin'));

create policy "members see who is in a team" on public.team_members
  for select to authenticated using (private.in_org(private.org_of_team(team_id)));
create policy "owners and admins manage who is in a team" on public.team_members
  for all to authenticated
  using (private.has_org_role(private.org_of_team(team_id), 'owner', 'admin'))
  with check (private.has_org_role(private.org_of_team(team_id), 'owner', 'admin'));

create policy "owners and admins see who is on trial" on public.trial_users
  for select to authenticated using (user_id = auth.uid() or private.has_org_role(org_id, 'owner', 'admin'));

-- The people of an organisation with the names that they signed up with.
create function public.org_people(wanted_org uuid)
returns table (user_id uuid, email text, full_name text, role text, created_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select m.user_id, u.email::text, u.raw_user_meta_data::jsonb ->> 'full_name', m.role, m.created_at
  from public.memberships m
  join auth.users u on u.id = m.user_id
  where m.org_id = wanted_org
  order by m.created_at, m.user_id
$$;

create function public.create_organization(wanted_id uuid, wanted_name text, wanted_owner uuid)
returns boolean language plpgsql security definer set search_path = '' as $$
begin
  insert into public.organizations (id, name) values (wanted_id, wanted_name) on conflict do nothing;
  if found then
    insert into public.memberships (org_id, user_id, role) values (wanted_id, wanted_owner, 'owner');
  end if;
  return true;
end
$$;

create function public.create_project(wanted_id uuid, wanted_org uuid, wanted_name text, wanted_lead uuid)
returns boolean language plpgsql security definer set search_path = '' as $$
begin
  insert into public.projects (id, org_id, name) values (wanted_id, wanted_org, wanted_name) on conflict do nothing;
  if found then
    insert into public.project_members (project_id, user_id, role) values (wanted_id, wanted_lead, 'lead');
  end if;
  return true;
end
$$;

-- The new owner must be a member already; the one who gives it up stays as an admin.
create function public.transfer_ownership(wanted_org uuid, from_user uuid, to_user uuid)
returns boolean language plpgsql security definer set search_path = '' as $$
begin
  perform 1 from public.organizations o where o.id = wanted_org for update;
  perform 1 from public.memberships m where m.org_id = wanted_org and m.user_id = from_user and m.role = 'owner';
  if not found or from_user = to_user then
    return false;
  end if;
  update public.memberships set role = 'owner' where org_id = wanted_org and user_id = to_user;
  if not found then
    raise exception 'not a member of the organisation' using errcode = 'PT403', hint = 'not_a_member';
  end if;
  update public.memberships set role = 'admin' where org_id = wanted_org and user_id = from_user;
  return true;
end
$$;

-- A project and a deal of one's own, for somebody who tries. False where the organisation does not allow it.
create function public.begin_trial(wanted_user uuid, wanted_org uuid, days integer, messages integer)
returns boolean language plpgsql security definer set search_path = '' as $$
declare
  new_project uuid := gen_random_uuid();
  new_deal uuid := gen_random_uuid();
begin
  perform 1 from public.organizations o where o.id = wanted_org and o.trial_allowed;
  if not found then
    return false;
  end if;
  insert into public.projects (id, org_id, name) values (new_project, wanted_org, 'Trial');
  insert into public.deals (id, project_id, name) values (new_deal, new_project, 'Trial');
  insert into public.trial_users (user_id, org_id, project_id, deal_id, messages_a_day, expires_at)
    values (wanted_user, wanted_org, new_project, new_deal, messages, now() + make_interval(days => days));
  insert into public.project_members (project_id, user_id, role) values (new_project, wanted_user, 'lead');
  return true;
end
$$;

-- The person becomes a member and leads the project of the trial, also when it has expired; a new account takes the
-- place of the one that tried. False without a trial to end.
create function public.end_trial(from_user uuid, to_user uuid)
returns boolean language plpgsql security definer set search_path = '' as $$
declare
  trial public.trial_users;
begin
  update public.trial_users t set upgraded_at = now(), upgraded_to = to_user
    from public.organizations o
    where o.id = t.org_id and o.trial_allowed and t.user_id = from_user and t.upgraded_at is null
    returning t.* into trial;
  if not found then
    return false;
  end if;
  insert into public.memberships (org_id, user_id, role) values (trial.org_id, to_user, 'member')
    on conflict do nothing;
  if to_user <> from_user then
    delete from public.project_members pm where pm.project_id = trial.project_id and pm.user_id = from_user;
  end if;
  insert into public.project_members (project_id, user_id, role) values (trial.project_id, to_user, 'lead')
    on conflict do nothing;
  return true;
end
$$;

revoke execute on function
  public.org_people(uuid),
  public.create_organization(uuid, text, uuid), public.create_project(uuid, uuid, text, uuid),
  public.transfer_ownership(uuid, uuid, uuid), public.begin_trial(uuid, uuid, integer, integer),
  public.end_trial(uuid, uuid)
  from public, anon, authenticated;
grant execute on function
  public.org_people(uuid),
  public.create_organization(uuid, text, uuid), public.create_project(uuid, uuid, text, uuid),
  public.transfer_ownership(uuid, uuid, uuid), public.begin_trial(uuid, uuid, integer, integer),
  public.end_trial(uuid, uuid)
  to service_role;
