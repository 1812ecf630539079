/* Whether the tenant has this event. */
/* @name eventExists */
select true as "exists!" from events where id = :id! and tenant = :tenant!;
