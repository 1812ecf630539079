/** Types generated for queries found in "libs/manage/endpoints/probe-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ProbeEndpoint' parameters type */
export interface IProbeEndpointParams {
  id: number;
}

/** 'ProbeEndpoint' return type */
export interface IProbeEndpointResult {
  probe_endpoint_now: undefined | null;
}

/** 'ProbeEndpoint' query type */
export interface IProbeEndpointQuery {
  params: IProbeEndpointParams;
  result: IProbeEndpointResult;
}

const probeEndpointIR: any = {"usedParamSet":{"id":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":26,"b":29}]}],"statement":"select probe_endpoint_now(:id!)"};

/**
 * Query generated from SQL:
 * ```
 * select probe_endpoint_now(:id!)
 * ```
 */
export const probeEndpoint = new PreparedQuery<IProbeEndpointParams,IProbeEndpointResult>(probeEndpointIR);


