import { parsePublicId } from '#domain/ids';
import { SecretBox } from '#ground/secrets/secret-box';
import { secretContext } from '#ground/secrets/secret-contexts';
import { queryOnce } from './query-once.js';

/** Adds a secret, lets the others expire in an hour, and nudges every shard's owner, as other changes of endpoints do. */
const ROTATE = `
  with changed as (
    update endpoints set updated_at = now() where public_id = $1 returning id, tenant
  ),
  expiring as (
    update endpoint_secrets set expires_at = now() + interval '1 hour' where endpoint = (select id from changed) and expires_at is null
  ),
  added as (
    insert into endpoint_secrets (endpoint, tenant, ciphertext) select id, tenant, $2 from changed
  )
  insert into dispatch_outbox (tenant, shard, topic, value)
  select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
  from changed, generate_series(0, (select shards from installation) - 1) as shard
  returning shard`;

/**
 * Gives an endpoint another signing secret. Writes to Postgres, and not to the API, which refuses an 11th secret: each try
 * without an answer may have added one. The commit is the answer.
 * @param endpoint `ep_…`
 * @param secret `whsec_…`
 * @throws Error when there is no such endpoint
 */
export async function rotateSecret(databaseUrl: string, secretKey: string, endpoint: string, secret: string): Promise<void> {
  const publicId = parsePublicId('ep', endpoint) ?? '';
  const nudged = await queryOnce(databaseUrl, ROTATE, [publicId, new SecretBox(secretKey).seal(secret, secretContext(publicId))]);
  if (nudged.length === 0) throw new Error(`There is no endpoint ${endpoint}`);
}
