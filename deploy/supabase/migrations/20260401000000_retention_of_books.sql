-- How long an organisation keeps its books: days after a book was completed, or after its last change. No days: for ever.
alter table public.organizations
  add column books_kept_days integer check (books_kept_days between 14 and 36500),
  add column books_kept_after text not null default 'completion' check (books_kept_after in ('completion', 'last_change'));

drop function public.orgs_of(uuid, uuid);

-- The organisations that somebody belongs to, or one of them, with the role in each.
create function public.orgs_of(wanted_user uuid, wanted_org uuid default null)
returns table (
  org_id uuid, name text, role text, trial_allowed boolean, retention_days integer,
  books_kept_days integer, books_kept_after text, created_at timestamptz
)
language sql stable security definer set search_path = '' as $$
  select o.id, o.name, m.role, o.trial_allowed, o.retention_days, o.books_kept_days, o.books_kept_after, o.created_at
  from private.acting_for(wanted_user) a
  join public.memberships m on m.user_id = a.user_id and (a.org_id is null or a.org_id = m.org_id)
  join public.organizations o on o.id = m.org_id
  where wanted_org is null or o.id = wanted_org
  order by o.name, o.id
  limit 200
$$;

-- The rules of the organisations that do not keep their books for ever, 500 at a time, in the order of their ids.
create function public.book_rules(after_org uuid default '00000000-0000-0000-0000-000000000000')
returns table (org_id uuid, days integer, after text)
language sql stable security definer set search_path = '' as $$
  select o.id, o.books_kept_days, o.books_kept_after
  from public.organizations o
  where o.books_kept_days is not null and o.id > after_org
  order by o.id
  limit 500
$$;

revoke execute on function public.orgs_of(uuid, uuid), public.book_rules(uuid) from public, anon, authenticated;
grant execute on function public.orgs_of(uuid, uuid), public.book_rules(uuid) to service_role;
