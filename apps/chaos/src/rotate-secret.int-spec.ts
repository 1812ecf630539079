import { createSecretKey, type KeyObject } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { createShardFixture, type ShardFixture, SHARDS } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { toPublicId } from '#domain/ids';
import { DeliveryModule } from '#flow/delivery/delivery.module';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import { rotateSecret } from './rotate-secret.js';

const SECRET_KEY = 'rotation-secret-key-0123456789abcdef0123456789';
const SECRETS = ['whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh', 'whsec_YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJi'];

let fixture: ShardFixture;
let delivery: TestingModule;
let directory: EndpointDirectory;

beforeAll(async () => {
  fixture = await createShardFixture();
});

beforeEach(async () => {
  delivery = await testModules(fixture.url, [DeliveryModule], { env: { LOCKSTEP_SECRET_KEY: SECRET_KEY } }).compile();
  directory = delivery.get(EndpointDirectory);
});

afterEach(async () => {
  await directory.stop();
  await delivery.close();
});

afterAll(() => fixture.close());

describe('rotateSecret', () => {
  it('adds a secret that dispatchers read as a change and sign with first, and nudges every shard', async () => {
    const id = await fixture.createEndpoint();
    const { rows: [endpoint] } = await fixture.pool.query<{ publicId: string }>('select public_id as "publicId" from endpoints where id = $1', [id]);
    const rotate = (secret = ''): Promise<void> => rotateSecret(fixture.url, SECRET_KEY, toPublicId('ep', endpoint?.publicId ?? ''), secret);
    await rotate(SECRETS[0]);
    await directory.start();
    expect(directory.get(id)?.signingKeys.current().map(secretOf)).toEqual([SECRETS[0]]);
    await rotate(SECRETS[1]);
    directory.nudge();
    await waitUntil('two keys', () => directory.get(id)?.signingKeys.current().length === 2);
    expect(directory.get(id)?.signingKeys.current().map(secretOf)).toEqual(SECRETS.toReversed());
    const { rows: nudges } = await fixture.pool.query(`select shard from dispatch_outbox where topic = 'control' and convert_from(value, 'UTF8')::jsonb = '{"kind":"endpoint_changed","endpoint":${id}}'`);
    expect(nudges).toHaveLength(2 * SHARDS);
  });

  it('rejects for an endpoint that does not exist', async () => {
    await expect(rotateSecret(fixture.url, SECRET_KEY, `ep_${'0'.repeat(32)}`, SECRETS[0] ?? '')).rejects.toThrow('There is no endpoint ep_0');
  });
});

function secretOf(key: KeyObject): string | undefined {
  return SECRETS.find((secret) => createSecretKey(secret.slice('whsec_'.length), 'base64').equals(key));
}
