-- What a person may do in a deal, in one round trip, for the service alone.
-- project_role is the right: it is what deals -> projects!inner -> project_members!inner gives, and null without it.
-- org_role only tells a colleague (who may know that the deal exists) from a stranger. Strangers get no row.

create function public.deal_access(wanted_user uuid, wanted_deal uuid)
returns table (deal_id uuid, org_id uuid, project_id uuid, project_role text, org_role text)
language sql stable security definer set search_path = '' as $$
  select d.id, p.org_id, p.id, pm.role, m.role
  from public.deals d
  join public.projects p on p.id = d.project_id
  left join public.project_members pm on pm.project_id = p.id and pm.user_id = wanted_user
  left join public.memberships m on m.org_id = p.org_id and m.user_id = wanted_user
  where d.id = wanted_deal and (pm.user_id is not null or m.user_id is not null)
$$;

revoke execute on function public.deal_access(uuid, uuid) from public, anon, authenticated;
grant execute on function public.deal_access(uuid, uuid) to service_role;
