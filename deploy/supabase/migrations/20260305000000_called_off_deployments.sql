-- Who called a deployment off on its way; it is undone then.
alter table public.deployments add column called_off_by text;
