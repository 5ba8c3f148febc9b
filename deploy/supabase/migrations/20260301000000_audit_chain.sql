-- The audit log as a chain for each organisation: rows are only ever added, each hash covers the row and the hash
-- before it. audit/chain.py computes the same hashes, so that a check need not trust this database.

alter table public.audit_logs add column user_agent text;

-- The end of each chain, so that a missing last row is found too.
create table public.audit_heads (
  org_id uuid primary key,
  seq bigint not null default 0 check (seq >= 0),
  hash text not null default repeat('0', 64)
);

-- Where a chain was cut by the retention rule: the rows up to seq are gone, hash is that of the last of them.
create table public.audit_anchors (
  org_id uuid not null,
  seq bigint not null check (seq > 0),
  hash text not null,
  cut_at timestamptz not null default now(),
  primary key (org_id, seq)
);

create function private.audit_hash(entry public.audit_logs)
returns text language sql stable set search_path = '' as $$
  select encode(sha256(convert_to(jsonb_build_object(
    'org_id', entry.org_id, 'seq', entry.seq, 'entry_id', entry.entry_id,
    'at', to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'actor', entry.actor, 'action', entry.action, 'target', entry.target, 'result', entry.result,
    'from_ip', entry.from_ip, 'user_agent', entry.user_agent, 'details', entry.details,
    'previous_hash', entry.previous_hash
  )::text, 'UTF8')), 'hex')
$$;

-- Adds entries in the given order and answers how many were new: an entry_id that is there already is left out.
create function public.append_audits(entries jsonb)
returns integer language plpgsql security definer set search_path = '' as $$
declare
  item jsonb;
  item_org uuid;
  head public.audit_heads;
  entry public.audit_logs;
  appended integer := 0;
begin
  -- Organisations in one order, so that two batches at once never wait for each other.
  for item in
    select e.value from jsonb_array_elements(entries) with ordinality as e (value, n)
    order by (e.value ->> 'org_id')::uuid, e.n
  loop
    item_org := (item ->> 'org_id')::uuid;
    if not exists (select 1 from public.audit_heads h where h.org_id = item_org)
        and not exists (select 1 from public.organizations o where o.id = item_org) then
      -- Nobody begins chains by asking for organisations that are not there.
      item_org := '00000000-0000-0000-0000-000000000000';
    end if;
    if head.org_id is distinct from item_org then
      update public.audit_heads h set seq = head.seq, hash = head.hash where h.org_id = head.org_id;
      insert into public.audit_heads (org_id) values (item_org) on conflict do nothing;
      select * into head from public.audit_heads h where h.org_id = item_org for update;
    end if;
    continue when exists (
      select 1 from public.audit_logs l
      where l.org_id = head.org_id and l.entry_id = (item ->> 'entry_id')::uuid
    );
    entry.org_id := head.org_id;
    entry.seq := head.seq + 1;
    entry.entry_id := (item ->> 'entry_id')::uuid;
    entry.at := (item ->> 'at')::timestamptz;
    entry.actor := item -> 'actor';
    entry.action := item ->> 'action';
    entry.target := item -> 'target';
    entry.result := item ->> 'result';
    entry.from_ip := item ->> 'from_ip';
    entry.user_agent := item ->> 'user_agent';
    entry.details := coalesce(item -> 'details', '{}');
    entry.previous_hash := head.hash;
    entry.hash := private.audit_hash(entry);
    insert into public.audit_logs (org_id, seq, entry_id, at, actor, action, target, result, from_ip, user_agent,
        details, previous_hash, hash)
      values (entry.org_id, entry.seq, entry.entry_id, entry.at, entry.actor, entry.action, entry.target,
        entry.result, entry.from_ip, entry.user_agent, entry.details, entry.previous_hash, entry.hash);
    head.seq := entry.seq;
    head.hash := entry.hash;
    appended := appended + 1;
  end loop;
  update public.audit_heads h set seq = head.seq, hash = head.hash where h.org_id = head.org_id;
  return appended;
end
$$;

-- Removes the oldest rows that are all older than the rule of the organisation, leaves an anchor, and says so in the
-- chain itself. Answers how many rows went.
create function public.cut_audit(wanted_org uuid)
returns bigint language plpgsql security definer set search_path = '' as $$
declare
  head public.audit_heads;
  before timestamptz;
  last_seq bigint;
  last_hash text;
  gone bigint;
begin
  select now() - make_interval(days => o.retention_days) into before
    from public.organizations o where o.id = wanted_org;
  select * into head from public.audit_heads h where h.org_id = wanted_org for update;
  if before is null or head.org_id is null then
    return 0;
  end if;
  select coalesce(min(l.seq) - 1, head.seq) into last_seq
    from public.audit_logs l where l.org_id = wanted_org and l.at >= before;
  select l.hash into last_hash from public.audit_logs l where l.org_id = wanted_org and l.seq = last_seq;
  if last_hash is null then
    return 0;
  end if;
  perform set_config('bookrunner.audit_cut', 'on', true);
  delete from public.audit_logs l where l.org_id = wanted_org and l.seq <= last_seq;
  get diagnostics gone = row_count;
  perform set_config('bookrunner.audit_cut', 'off', true);
  insert into public.audit_anchors (org_id, seq, hash) values (wanted_org, last_seq, last_hash);
  perform public.append_audits(jsonb_build_array(jsonb_build_object(
    'org_id', wanted_org, 'entry_id', gen_random_uuid(), 'at', now(), 'action', 'audit.cut', 'result', 'done',
    'actor', jsonb_build_object('kind', 'system', 'id', 'retention', 'on_behalf_of', null),
    'target', jsonb_build_object('kind', 'audit', 'id', wanted_org),
    'details', jsonb_build_object('rows', gone, 'last_seq', last_seq, 'last_hash', last_hash)
  )));
  return gone;
end
$$;

-- For every organisation whose chain was not cut within the last 20 hours.
create function public.cut_audits()
returns bigint language sql security definer set search_path = '' as $$
  select coalesce(sum(public.cut_audit(h.org_id)), 0)::bigint
  from public.audit_heads h
  where not exists (
    select 1 from public.audit_anchors a where a.org_id = h.org_id and a.cut_at > now() - interval '20 hours'
  )
$$;

create function private.refuse_change_of_audit()
returns trigger language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' and current_setting('bookrunner.audit_cut', true) = 'on' then
    return old;
  end if;
  raise exception 'the audit log is only ever added to' using errcode = 'PT403', hint = 'append_only';
end
$$;
create trigger append_only before update or delete on public.audit_logs
  for each row execute function private.refuse_change_of_audit();
create trigger never_emptied before truncate on public.audit_logs
  for each statement execute function private.refuse_change_of_audit();

alter table public.audit_heads enable row level security;
alter table public.audit_anchors enable row level security;
revoke all on public.audit_heads, public.audit_anchors from anon, authenticated, service_role;
grant select on public.audit_heads, public.audit_anchors to authenticated, service_role;

create policy "owners and admins see the end of their chain" on public.audit_heads
  for select to authenticated using (private.has_org_role(org_id, 'owner', 'admin'));
create policy "owners and admins see where their chain was cut" on public.audit_anchors
  for select to authenticated using (private.has_org_role(org_id, 'owner', 'admin'));

revoke execute on function private.audit_hash(public.audit_logs), private.refuse_change_of_audit() from public;
revoke execute on function public.append_audits(jsonb), public.cut_audit(uuid), public.cut_audits()
  from public, anon, authenticated;
grant execute on function public.append_audits(jsonb), public.cut_audit(uuid), public.cut_audits() to service_role;
