/*
  How Postgres reads a filter: its canonical form, or what is wrong with it. Numbers that are out of range are an error of the
  statement. Only numbers with exponents make the form so long that it is cut off.

  "offset 0": planning must not convert the text before it is known to be valid.
*/
/* @name readFilter */
select
  case when pg_input_is_valid(f.filter, 'jsonpath') then left(f.filter::jsonpath::text, 8192) end as "path?",
  (pg_input_error_info(f.filter, 'jsonpath')).message as "problem?"
from (select :filter!::text as filter offset 0) f;
