-- The platform around the book: isolated instances, versions, their deployments step by step, and feature flags.
-- Only the service writes here; people read what concerns their organisation.

create table public.versions (
  id uuid primary key default gen_random_uuid(),
  build_id text not null unique check (build_id <> ''),
  name text not null default '',
  notes text not null default '',
  created_by text,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

create table public.applications (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (name <> ''),
  database text not null unique,
  task_queue text not null unique,
  settings jsonb not null default '{}',
  scale integer not null default 1 check (scale between 0 and 1000),
  status text not null,
  current_version_id uuid references public.versions (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, name)
);

create table public.deployments (
  id uuid primary key default gen_random_uuid(),
  application_id uuid not null references public.applications (id) on delete cascade,
  version_id uuid references public.versions (id),
  previous_version_id uuid references public.versions (id),
  action text not null,
  status text not null,
  workflow_id text not null default '',
  requested_by text not null,
  error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index deployments_application_id on public.deployments (application_id, created_at);

create table public.deployment_steps (
  deployment_id uuid not null references public.deployments (id) on delete cascade,
  position integer not null check (position >= 0),
  name text not null,
  status text not null,
  attempt integer not null default 1,
  details jsonb not null default '{}',
  error text,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (deployment_id, position)
);

-- A flag without an organisation is the default of all.
create table public.features (
  id uuid primary key default gen_random_uuid(),
  key text not null check (key <> ''),
  org_id uuid references public.organizations (id) on delete cascade,
  enabled boolean not null default true,
  rollout_percent integer not null default 0 check (rollout_percent between 0 and 100),
  rules jsonb not null default '[]',
  description text not null default '',
  updated_by text,
  updated_at timestamptz not null default now(),
  unique nulls not distinct (key, org_id)
);

create function private.org_of_application(wanted_application uuid)
returns uuid language sql stable security definer set search_path = '' as $$
  select a.org_id from public.applications a where a.id = wanted_application
$$;

create function private.org_of_deployment(wanted_deployment uuid)
returns uuid language sql stable security definer set search_path = '' as $$
  select private.org_of_application(d.application_id) from public.deployments d where d.id = wanted_deployment
$$;

revoke execute on all functions in schema private from public;
grant execute on all functions in schema private to authenticated, service_role;

alter table public.versions enable row level security;
alter table public.applications enable row level security;
alter table public.deployments enable row level security;
alter table public.deployment_steps enable row level security;
alter table public.features enable row level security;
revoke all on public.versions, public.applications, public.deployments, public.deployment_steps, public.features
  from anon, authenticated;
grant select on public.versions, public.applications, public.deployments, public.deployment_steps, public.features
  to authenticated;
grant select, insert, update, delete
  on public.versions, public.applications, public.deployments, public.deployment_steps, public.features
  to service_role;

create policy "everybody signed in sees versions" on public.versions
  for select to authenticated using (true);
create policy "owners and admins see applications" on public.applications
  for select to authenticated using (private.has_org_role(org_id, 'owner', 'admin'));
create policy "owners and admins see deployments" on public.deployments
  for select to authenticated
  using (private.has_org_role(private.org_of_application(application_id), 'owner', 'admin'));
create policy "owners and admins see steps of deployments" on public.deployment_steps
  for select to authenticated
  using (private.has_org_role(private.org_of_deployment(deployment_id), 'owner', 'admin'));
create policy "owners and admins see flags" on public.features
  for select to authenticated using (private.has_org_role(org_id, 'owner', 'admin'));
