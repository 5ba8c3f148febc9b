-- What an organisation's log is asked for, each by itself. Entries that come while an index is made wait in the spools.
create index audit_logs_actor on public.audit_logs (org_id, (actor ->> 'id'), seq);
create index audit_logs_on_behalf_of on public.audit_logs (org_id, (actor ->> 'on_behalf_of'), seq)
  where actor ->> 'on_behalf_of' is not null;
create index audit_logs_target on public.audit_logs (org_id, (target ->> 'id'), seq);
create index audit_logs_action on public.audit_logs (org_id, action text_pattern_ops, seq);
