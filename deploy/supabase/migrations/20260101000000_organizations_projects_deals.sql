-- Who belongs where: organisations with their people, projects with their teams, deals.
-- Row-level security on every table; the helpers live in a schema that the HTTP API does not expose.

create schema if not exists private;
grant usage on schema private to authenticated, service_role;

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name <> ''),
  created_at timestamptz not null default now()
);

create table public.memberships (
  org_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member', 'billing')),
  created_at timestamptz not null default now(),
  primary key (org_id, user_id)
);
create index memberships_user_id on public.memberships (user_id);

create table public.projects (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (name <> ''),
  created_at timestamptz not null default now()
);
create index projects_org_id on public.projects (org_id);

create table public.project_members (
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null check (role in ('lead', 'editor', 'reviewer', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (project_id, user_id)
);
create index project_members_user_id on public.project_members (user_id);

create table public.deals (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  name text not null check (name <> ''),
  created_at timestamptz not null default now()
);
create index deals_project_id on public.deals (project_id);

-- Helpers of the policies. They run as their owner, so a policy on a table can ask about that table without asking itself.

create function private.has_org_role(wanted_org uuid, variadic wanted_roles text[])
returns boolean language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.memberships m
    where m.org_id = wanted_org and m.user_id = auth.uid() and m.role = any (wanted_roles)
  )
$$;

create function private.in_org(wanted_org uuid)
returns boolean language sql stable security definer set search_path = '' as $$
  select private.has_org_role(wanted_org, 'owner', 'admin', 'member', 'billing')
$$;

create function private.user_in_org_of_project(wanted_user uuid, wanted_project uuid)
returns boolean language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.projects p
    join public.memberships m on m.org_id = p.org_id
    where p.id = wanted_project and m.user_id = wanted_user
  )
$$;

create function private.in_project(wanted_project uuid)
returns boolean language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.project_members pm
    where pm.project_id = wanted_project and pm.user_id = auth.uid()
  )
$$;

create function private.manages_org_of_project(wanted_project uuid)
returns boolean language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.projects p
    where p.id = wanted_project and private.has_org_role(p.org_id, 'owner', 'admin')
  )
$$;

create function private.manages_project(wanted_project uuid)
returns boolean language sql stable security definer set search_path = '' as $$
  select private.manages_org_of_project(wanted_project) or exists (
    select 1 from public.project_members pm
    where pm.project_id = wanted_project and pm.user_id = auth.uid() and pm.role = 'lead'
  )
$$;

revoke execute on all functions in schema private from public;
grant execute on all functions in schema private to authenticated, service_role;

alter table public.organizations enable row level security;
alter table public.memberships enable row level security;
alter table public.projects enable row level security;
alter table public.project_members enable row level security;
alter table public.deals enable row level security;

revoke all on public.organizations, public.memberships, public.projects, public.project_members, public.deals from anon;
grant select, insert, update, delete
  on public.organizations, public.memberships, public.projects, public.project_members, public.deals
  to authenticated, service_role;

create policy "members see their organisation" on public.organizations
  for select to authenticated using (private.in_org(id));
create policy "owners and admins change their organisation" on public.organizations
  for update to authenticated
  using (private.has_org_role(id, 'owner', 'admin')) with check (private.has_org_role(id, 'owner', 'admin'));

create policy "people see their own memberships" on public.memberships
  for select to authenticated using (user_id = auth.uid() or private.has_org_role(org_id, 'owner', 'admin'));
create policy "owners manage memberships" on public.memberships
  for all to authenticated
  using (private.has_org_role(org_id, 'owner')) with check (private.has_org_role(org_id, 'owner'));
create policy "admins manage memberships below owner" on public.memberships
  for all to authenticated
  using (role <> 'owner' and private.has_org_role(org_id, 'admin'))
  with check (role <> 'owner' and private.has_org_role(org_id, 'admin'));

create policy "people see their projects" on public.projects
  for select to authenticated using (private.in_project(id) or private.has_org_role(org_id, 'owner', 'admin'));
create policy "owners and admins manage projects" on public.projects
  for all to authenticated
  using (private.has_org_role(org_id, 'owner', 'admin')) with check (private.has_org_role(org_id, 'owner', 'admin'));

create policy "people see the team of their projects" on public.project_members
  for select to authenticated using (private.in_project(project_id) or private.manages_org_of_project(project_id));
create policy "leads manage the team of their project" on public.project_members
  for all to authenticated
  using (private.manages_project(project_id))
  with check (private.manages_project(project_id) and private.user_in_org_of_project(user_id, project_id));

create policy "people see the deals of their projects" on public.deals
  for select to authenticated using (private.in_project(project_id) or private.manages_org_of_project(project_id));
create policy "leads manage the deals of their project" on public.deals
  for all to authenticated
  using (private.manages_project(project_id)) with check (private.manages_project(project_id));
