-- What documents lie with which book, and who did what. Only the service writes here.

create table public.documents (
  id text primary key,
  deal_id uuid not null references public.deals (id) on delete cascade,
  cim_id text not null,
  name text not null check (name <> ''),
  media_type text not null,
  bytes bigint not null check (bytes >= 0),
  sha256 text not null,
  uploaded_by uuid not null,
  created_at timestamptz not null default now()
);
create index documents_deal_id on public.documents (deal_id, created_at);
create index documents_cim_id on public.documents (cim_id);

-- Entries outlive what they speak of, so nothing here refers to another table. Each hash covers the one before it.
create table public.audit_logs (
  org_id uuid not null,
  seq bigint not null check (seq > 0),
  entry_id uuid not null,
  at timestamptz not null,
  actor jsonb not null,
  action text not null check (action <> ''),
  target jsonb not null,
  result text not null,
  from_ip text,
  details jsonb not null default '{}',
  previous_hash text not null,
  hash text not null,
  primary key (org_id, seq),
  unique (org_id, entry_id)
);
create index audit_logs_at on public.audit_logs (org_id, at);

create function private.project_of_deal(wanted_deal uuid)
returns uuid language sql stable security definer set search_path = '' as $$
  select d.project_id from public.deals d where d.id = wanted_deal
$$;

revoke execute on all functions in schema private from public;
grant execute on all functions in schema private to authenticated, service_role;

alter table public.documents enable row level security;
alter table public.audit_logs enable row level security;
revoke all on public.documents, public.audit_logs from anon, authenticated, service_role;
grant select on public.documents, public.audit_logs to authenticated;
grant select, insert, update, delete on public.documents to service_role;
grant select on public.audit_logs to service_role;

create policy "people see the documents of their projects" on public.documents
  for select to authenticated using (private.in_project(private.project_of_deal(deal_id)));
create policy "owners and admins read the audit log" on public.audit_logs
  for select to authenticated using (private.has_org_role(org_id, 'owner', 'admin'));
