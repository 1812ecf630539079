import type { PostedEvent } from './history.js';

/** Gets events into the system. */
export interface EventClient {
  /**
   * Resolves when the event is accepted, or when it is not known whether it is.
   * @param key unique in the run
   * @param first number of the first gateway to try, where the client talks to gateways
   * @param signal ends the tries; the returned event may then be neither
   */
  post(entity: string, key: string, first: number, signal: AbortSignal): Promise<PostedEvent>;
}
