-- Invitations by link and keys of machines. Of both only the SHA-256 of 256 random bits is kept.

create table public.invitations (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  email text check (email = lower(email)),
  org_role text not null check (org_role in ('admin', 'member', 'billing')),
  project_id uuid,
  project_role text check (project_role in ('lead', 'editor', 'reviewer', 'viewer')),
  token_hash text not null unique,
  created_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  used_by uuid references auth.users (id) on delete set null,
  revoked_at timestamptz,
  check ((project_id is null) = (project_role is null)),
  foreign key (project_id, org_id) references public.projects (id, org_id) on delete cascade
);
create index invitations_org_id on public.invitations (org_id, created_at);

-- A key acts for the person who made it, within its scopes and its organisation, and sleeps without that membership.
create table public.api_keys (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (name <> ''),
  prefix text not null,
  key_hash text not null unique,
  scopes text[] not null check (cardinality(scopes) > 0),
  created_by uuid not null references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index api_keys_org_id on public.api_keys (org_id, created_at);

alter table public.invitations enable row level security;
alter table public.api_keys enable row level security;
revoke all on public.invitations, public.api_keys from anon, authenticated;
grant select on public.invitations, public.api_keys to authenticated;
grant select, insert, update, delete on public.invitations, public.api_keys to service_role;

create policy "owners and admins see invitations" on public.invitations
  for select to authenticated using (private.has_org_role(org_id, 'owner', 'admin'));
create policy "owners and admins see keys, others their own" on public.api_keys
  for select to authenticated using (created_by = auth.uid() or private.has_org_role(org_id, 'owner', 'admin'));

-- Outcome: accepted, repeated (by the same person), unknown, revoked, used, expired or other_email.
-- A role that the person has already stays.
create function public.accept_invitation(wanted_hash text, wanted_user uuid, wanted_email text)
returns table (outcome text, org_id uuid, org_role text, project_id uuid, project_role text)
language plpgsql security definer set search_path = '' as $$
declare
  found_one public.invitations;
  said text;
begin
  select * into found_one from public.invitations i where i.token_hash = wanted_hash for update;
  said := case
    when found_one.id is null then 'unknown'
    when found_one.revoked_at is not null then 'revoked'
    when found_one.used_at is not null and found_one.used_by is distinct from wanted_user then 'used'
    when found_one.used_at is not null then 'repeated'
    when found_one.expires_at <= now() then 'expired'
    when found_one.email is not null and found_one.email is distinct from lower(wanted_email) then 'other_email'
    else 'accepted'
  end;
  if said = 'accepted' then
    update public.invitations i set used_at = now(), used_by = wanted_user where i.id = found_one.id;
    insert into public.memberships (org_id, user_id, role) values (found_one.org_id, wanted_user, found_one.org_role)
      on conflict do nothing;
    if found_one.project_id is not null then
      insert into public.project_members (project_id, user_id, role)
        values (found_one.project_id, wanted_user, found_one.project_role)
        on conflict do nothing;
    end if;
  end if;
  return query select said, found_one.org_id, found_one.org_role, found_one.project_id, found_one.project_role;
end
$$;

-- Whom a key acts for; no row for a key that is unknown, revoked, expired or whose maker has left.
create function public.holder_of_key(wanted_hash text)
returns table (key_id uuid, org_id uuid, user_id uuid, scopes text[], expires_at timestamptz)
language plpgsql security definer set search_path = '' as $$
begin
  update public.api_keys k set last_used_at = now()
    where k.key_hash = wanted_hash and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
  return query
    select k.id, k.org_id, k.created_by, k.scopes, k.expires_at
    from public.api_keys k
    join public.memberships m on m.org_id = k.org_id and m.user_id = k.created_by
    where k.key_hash = wanted_hash and k.revoked_at is null and k.expires_at > now();
end
$$;

revoke execute on function public.accept_invitation(text, uuid, text), public.holder_of_key(text)
  from public, anon, authenticated;
grant execute on function public.accept_invitation(text, uuid, text), public.holder_of_key(text) to service_role;
