/** What kafkajs sends as one request. */
export interface KafkaRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  readonly expectResponse?: () => boolean;
  /** The part of kafkajs' Encoder that it reads when it puts the request behind its header. */
  readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
}

/** Makes a request, and says how its response is read. */
export type RequestFactory<Options> = (options: Options) => { readonly request: KafkaRequest; readonly response: unknown };

/** An entry of kafkajs' table of requests. Each call of the API looks `protocol` up again. */
export interface RequestDefinition<Options> {
  protocol: (negotiated: { readonly version: number }) => RequestFactory<Options>;
}
