-- Which of these migrations have been applied, as the tool that applied them has written down, for the doctor.
create function public.applied_migrations()
returns setof text
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select m.version::text from supabase_migrations.schema_migrations m;
end
$$;

revoke execute on function public.applied_migrations() from public, anon, authenticated;
grant execute on function public.applied_migrations() to service_role;
