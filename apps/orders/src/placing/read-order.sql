/* @name readOrder */
select id, user_id as "userId", amount, status, created_at as "createdAt"
from shop.orders
where id = :id!;
