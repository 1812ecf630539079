/** The endpoint that an event names. */
export interface NamedDestination {
  /** The narrow key. */
  readonly endpoint: number;
  /** By which it was named, as the URL standard writes it. */
  readonly url: string;
}
