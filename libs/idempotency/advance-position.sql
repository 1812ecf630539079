/*
  Moves a webhook lane to this sequence, unless it is further already. An expired position does not count.
*/
/* @name advancePosition */
insert into webhook_positions as position (scope, lane, tenant, sequence, expires_at)
values (:scope!, :lane!, :tenant!, :sequence!, now() + :retentionMs!::float8 * interval '1 millisecond')
on conflict (scope, lane) do update
  set sequence = excluded.sequence, expires_at = excluded.expires_at
  where position.sequence <= excluded.sequence or position.expires_at <= now()
returning sequence;
