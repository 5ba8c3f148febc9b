-- The end of an organisation: asked for by an owner, carried out by the service once its day has come, and taken back
-- until then. What stays is a row without a name, by whose rule the audit log is kept.

create table public.org_endings (
  org_id uuid primary key references public.organizations (id) on delete cascade,
  ends_at timestamptz not null,
  requested_by uuid not null,
  requested_at timestamptz not null default now(),
  began_at timestamptz,
  ended_at timestamptz
);

alter table public.org_endings enable row level security;
revoke all on public.org_endings from anon, authenticated;
grant select on public.org_endings to authenticated;
grant select, insert, update, delete on public.org_endings to service_role;
create policy "members see when their organisation ends" on public.org_endings
  for select to authenticated using (private.in_org(org_id));

create or replace function private.keep_an_owner()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if old.role = 'owner' and (tg_op = 'DELETE' or new.role <> 'owner' or new.org_id <> old.org_id
      or new.user_id <> old.user_id) then
    perform 1 from public.organizations o where o.id = old.org_id for update;
    if found and not exists (
      select 1 from public.memberships m
      where m.org_id = old.org_id and m.user_id <> old.user_id and m.role = 'owner'
    ) and not exists (
      select 1 from public.org_endings e where e.org_id = old.org_id and e.began_at is not null
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

-- Those whose day has come, also where their end was begun and broke off.
create function public.endings_due()
returns table (org_id uuid, ends_at timestamptz, requested_by uuid, requested_at timestamptz, began_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select e.org_id, e.ends_at, e.requested_by, e.requested_at, e.began_at
  from public.org_endings e
  where e.ends_at <= now() and e.ended_at is null
  order by e.ends_at
  limit 100
$$;

-- Nobody has a role, key, invitation or trial any more, and nothing is left that has a name. May be repeated. Answers
-- the people and keys that lost their rights.
create function public.begin_end_of_organization(wanted_org uuid)
returns table (principal_id uuid) language plpgsql security definer set search_path = '' as $$
begin
  update public.org_endings e set began_at = coalesce(e.began_at, now())
    where e.org_id = wanted_org and e.ends_at <= now();
  if not found then
    return;
  end if;
  return query
    select m.user_id from public.memberships m where m.org_id = wanted_org
    union select pm.user_id from public.project_members pm
      join public.projects p on p.id = pm.project_id where p.org_id = wanted_org
    union select k.id from public.api_keys k where k.org_id = wanted_org;
  delete from public.api_keys k where k.org_id = wanted_org;
  delete from public.invitations i where i.org_id = wanted_org;
  delete from public.trial_users t where t.org_id = wanted_org;
  delete from public.projects p where p.org_id = wanted_org;
  delete from public.teams t where t.org_id = wanted_org;
  delete from public.features f where f.org_id = wanted_org;
  delete from public.memberships m where m.org_id = wanted_org;
  update public.applications a set name = 'Ended ' || a.id where a.org_id = wanted_org;
  update public.organizations o set name = 'Ended', trial_allowed = false where o.id = wanted_org;
end
$$;

create function public.finish_end_of_organization(wanted_org uuid)
returns boolean language plpgsql security definer set search_path = '' as $$
begin
  update public.applications a set status = 'archived', current_version_id = null where a.org_id = wanted_org;
  update public.org_endings e set ended_at = now()
    where e.org_id = wanted_org and e.began_at is not null and e.ended_at is null;
  return found;
end
$$;

-- False once it has begun, or where nobody asked for it.
create function public.keep_organization(wanted_org uuid)
returns boolean language plpgsql security definer set search_path = '' as $$
begin
  delete from public.org_endings e where e.org_id = wanted_org and e.began_at is null;
  return found;
end
$$;

revoke execute on function
  public.endings_due(), public.begin_end_of_organization(uuid), public.finish_end_of_organization(uuid),
  public.keep_organization(uuid)
  from public, anon, authenticated;
grant execute on function
  public.endings_due(), public.begin_end_of_organization(uuid), public.finish_end_of_organization(uuid),
  public.keep_organization(uuid)
  to service_role;

create trigger audited after insert or update or delete on public.org_endings
  for each row execute function private.audit_row('org_ending', 'org_id', 'org_id');
