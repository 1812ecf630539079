/* @name listTenants */
select id from tenants order by id;
