/* An endpoint whose breaker is open is probed at once. */
/* @name probeEndpoint */
select probe_endpoint_now(:id!);
