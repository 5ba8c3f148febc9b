-- One application of an organisation takes work at a time, and a roll-out says whom it counts by.

create unique index applications_one_of_org on public.applications (org_id) where status <> 'archived';
alter table public.applications add constraint applications_status
  check (status in ('new', 'ready', 'serving', 'retiring', 'archived'));

create index deployments_newest on public.deployments (application_id, created_at desc, id desc);
alter table public.deployments add constraint deployments_status
  check (status in ('pending', 'running', 'completed', 'undone', 'stuck'));

alter table public.features add column unit text not null default 'person'
  check (unit in ('organization', 'team', 'person'));
