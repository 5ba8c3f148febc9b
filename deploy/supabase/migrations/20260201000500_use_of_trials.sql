-- How much of a trial was used today (UTC).

alter table public.trial_users
  add column messages_today integer not null default 0 check (messages_today >= 0),
  add column counted_on date not null default (now() at time zone 'UTC')::date;

-- Takes one of today's messages; false when there is none left, or no trial.
create function public.use_trial_message(wanted_user uuid)
returns boolean language plpgsql security definer set search_path = '' as $$
declare
  today date := (now() at time zone 'UTC')::date;
begin
  update public.trial_users t
    set messages_today = case when t.counted_on = today then t.messages_today + 1 else 1 end, counted_on = today
    where t.user_id = wanted_user and t.upgraded_at is null and t.expires_at > now()
      and (t.counted_on < today or t.messages_today < t.messages_a_day);
  return found;
end
$$;

revoke execute on function public.use_trial_message(uuid) from public, anon, authenticated;
grant execute on function public.use_trial_message(uuid) to service_role;
