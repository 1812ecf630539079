/*
  Puts the boxes :resealed in the place of :boxes, which hold the same secrets, for the rows :ids. Leaves out rows that
  have another box by now, and those that others are changing. Returns the number of rows.
*/
/* @name resealSourceSecrets */
with unchanged as materialized (
  select t.id, given.resealed
  from unnest(:ids!::bigint[], :boxes!::bytea[], :resealed!::bytea[]) as given (id, box, resealed)
    join source_secrets t on t.id = given.id and t.secret = given.box
  order by t.id
  for no key update of t skip locked
),
replaced as (
  update source_secrets t
  set secret = unchanged.resealed
  from unchanged
  where t.id = unchanged.id
  returning 1
)
select count(*)::integer as "replaced!" from replaced;
