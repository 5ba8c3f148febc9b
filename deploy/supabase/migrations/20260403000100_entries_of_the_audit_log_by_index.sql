-- Adds entries in the given order and answers how many were new: an entry_id that is there already is left out. Whether
-- it is there is found by the index itself: a plan that a session made while the log was short would read all of it.
create or replace function public.append_audits(entries jsonb)
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
        entry.result, entry.from_ip, entry.user_agent, entry.details, entry.previous_hash, entry.hash)
      on conflict (org_id, entry_id) do nothing;
    continue when not found;
    head.seq := entry.seq;
    head.hash := entry.hash;
    appended := appended + 1;
  end loop;
  update public.audit_heads h set seq = head.seq, hash = head.hash where h.org_id = head.org_id;
  return appended;
end
$$;
