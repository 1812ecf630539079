import { textSchema } from '#ground/http/text-schema';

/** An endpoint's filter, or null. `EndpointFilters` checks its syntax. */
export const filterSchema = textSchema({ min: 1, max: 1_024 }).nullable().meta({
  description:
    'A predicate in the SQL/JSON path language of PostgreSQL over the JSON body. The endpoint gets those events of its `eventTypes` only that match it; null: all of them. ' +
    'A body that is not JSON, has more than 256 KiB, or makes the filter fail does not match. Events that name the endpoint as their destination are not filtered',
  example: '$.data.total > 100',
});
