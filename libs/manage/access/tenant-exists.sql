/* @name tenantExists */
select true as "exists" from tenants where id = :tenant!;
