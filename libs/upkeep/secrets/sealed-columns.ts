import type { Database } from '#ground/postgres/pool';
import { authContext, headersContext, secretContext, sourceSecretContext } from '#ground/secrets/secret-contexts';
import { findEndpointAuths } from './find-endpoint-auths.queries.js';
import { findEndpointHeaders } from './find-endpoint-headers.queries.js';
import { findEndpointSecrets } from './find-endpoint-secrets.queries.js';
import { findSourceSecrets } from './find-source-secrets.queries.js';
import { resealEndpointAuths } from './reseal-endpoint-auths.queries.js';
import { resealEndpointHeaders } from './reseal-endpoint-headers.queries.js';
import { resealEndpointSecrets } from './reseal-endpoint-secrets.queries.js';
import { resealSourceSecrets } from './reseal-source-secrets.queries.js';

export interface StoredBox {
  readonly id: number;
  /** Of the endpoint or source that it belongs to. */
  readonly publicId: string;
  /** Whether that is deleted. */
  readonly isDeleted: boolean;
  readonly box: Buffer;
}

/** A column with boxes of LOCKSTEP_SECRET_KEY, and its two generated queries. */
export interface SealedColumn {
  readonly name: string;
  readonly contextOf: (publicId: string) => string;
  readonly find: { run(page: { after: number; limit: number }, database: Database): Promise<StoredBox[]> };
  readonly reseal: { run(change: { ids: number[]; boxes: Buffer[]; resealed: Buffer[] }, database: Database): Promise<{ replaced: number }[]> };
}

/** All of them: reencryption.int-spec.ts compares them with the schema. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { name: 'signing secrets', contextOf: secretContext, find: findEndpointSecrets, reseal: resealEndpointSecrets },
  { name: 'headers of endpoints', contextOf: headersContext, find: findEndpointHeaders, reseal: resealEndpointHeaders },
  { name: 'authentication of endpoints', contextOf: authContext, find: findEndpointAuths, reseal: resealEndpointAuths },
  { name: 'secrets of sources', contextOf: sourceSecretContext, find: findSourceSecrets, reseal: resealSourceSecrets },
];
