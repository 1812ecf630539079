-- Up Migration

-- As before, but: an admission of what is admitted already is passed over. It changes nothing, and this trigger comes
-- before ON CONFLICT DO NOTHING can say so: a record that Kafka brought once more, of a day that is being retired, held
-- up the admissions of all shards of its dispatcher.
create or replace function refuse_change() returns trigger
  language plpgsql as $$
declare
  known boolean;
begin
  if tg_op = 'INSERT' and tg_table_name like 'inbox%' then
    execute format('select exists (select from %I.%I where event_id = $1)', tg_table_schema, tg_table_name)
      into known using new.event_id;
    if known then return null; end if;
  end if;
  if tg_op = 'UPDATE' then
    if tg_table_name like 'deliveries%' then
      if old.status = 'pending' then return new; end if;
    end if;
    if exists (select from retired_days where day = to_date(right(tg_table_name, 8), 'YYYYMMDD')) then return null; end if;
  end if;
  raise exception 'The day of this row is being retired (%)', tg_table_name using errcode = 'object_in_use';
end
$$;

-- What was done stays written: emptying the table at once is no UPDATE and no DELETE.
create trigger audit_log_not_truncated before truncate on audit_log
  for each statement execute function refuse_rewriting();

-- For the age of the oldest record that Kafka has not taken.
alter table dispatch_outbox add column created_at timestamptz not null default now();
