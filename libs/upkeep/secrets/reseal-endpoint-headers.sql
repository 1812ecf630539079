/*
  Puts the boxes :resealed in the place of :boxes, which hold the same headers, for the rows :ids. Leaves out rows that
  have another box by now, and those that others are changing. Returns the number of rows.
*/
/* @name resealEndpointHeaders */
with unchanged as materialized (
  select t.id, given.resealed
  from unnest(:ids!::integer[], :boxes!::bytea[], :resealed!::bytea[]) as given (id, box, resealed)
    join endpoints t on t.id = given.id and t.headers_ciphertext = given.box
  order by t.id
  for no key update of t skip locked
),
replaced as (
  update endpoints t
  set headers_ciphertext = unchanged.resealed
  from unchanged
  where t.id = unchanged.id
  returning 1
)
select count(*)::integer as "replaced!" from replaced;
