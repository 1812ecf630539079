/** Types generated for queries found in "libs/upkeep/find-partition-state.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindPartitionState' parameters type */
export interface IFindPartitionStateParams {
  day: string;
  parent: string;
}

/** 'FindPartitionState' return type */
export interface IFindPartitionStateResult {
  state: string;
}

/** 'FindPartitionState' query type */
export interface IFindPartitionStateQuery {
  params: IFindPartitionStateParams;
  result: IFindPartitionStateResult;
}

const findPartitionStateIR: any = {"usedParamSet":{"parent":true,"day":true},"params":[{"name":"parent","required":true,"transform":{"type":"scalar"},"locs":[{"a":207,"b":214}]},{"name":"day","required":true,"transform":{"type":"scalar"},"locs":[{"a":232,"b":236}]}],"statement":"select\n  case\n    when child.id is null then 'dropped'\n    when i.inhrelid is null then 'detached'\n    when i.inhdetachpending then 'detaching'\n    else 'attached'\n  end as \"state!\"\nfrom (select to_regclass(:parent!::text || '_' || :day!::text) as id) child\n  left join pg_inherits i on i.inhrelid = child.id"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   case
 *     when child.id is null then 'dropped'
 *     when i.inhrelid is null then 'detached'
 *     when i.inhdetachpending then 'detaching'
 *     else 'attached'
 *   end as "state!"
 * from (select to_regclass(:parent!::text || '_' || :day!::text) as id) child
 *   left join pg_inherits i on i.inhrelid = child.id
 * ```
 */
export const findPartitionState = new PreparedQuery<IFindPartitionStateParams,IFindPartitionStateResult>(findPartitionStateIR);


