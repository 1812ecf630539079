import type { Source } from '../source.js';

/** In a request to a source: the URL that gets its event. */
export const DESTINATION_HEADER = 'x-destination-url';

/** Finds the endpoints for such URLs. What manages endpoints provides it. */
export abstract class DestinationFinder {
  /**
   * The endpoint for the URL, as its narrow key. Returns no promise if the endpoint is known.
   * @param header of a request whose signature is valid
   * @param requestId for the audit log
   * @throws LockstepError invalid_request; destination_not_allowed, if no glob of the source matches, or by the address policy;
   * conflict, if the tenant has as many endpoints as it may; store_unavailable
   */
  abstract endpointOf(source: Source, header: string, requestId: string): number | Promise<number>;
}
