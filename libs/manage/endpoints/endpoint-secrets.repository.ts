import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { countLiveSecrets } from './count-live-secrets.queries.js';
import { findNewestSecret, type IFindNewestSecretResult } from './find-newest-secret.queries.js';
import { probeEndpoint } from './probe-endpoint.queries.js';
import { type IReadLiveSecretsParams, type IReadLiveSecretsResult, readLiveSecrets } from './read-live-secrets.queries.js';
import { type IRotateEndpointSecretParams, rotateEndpointSecret } from './rotate-endpoint-secret.queries.js';
import { type ITestEndpointParams, type ITestEndpointResult, testEndpoint } from './test-endpoint.queries.js';

/** Signing secrets in Postgres. */
@Injectable()
export class EndpointSecretsRepository {
  constructor(@InjectDatabase('api') private readonly database: Database) {}

  /** How many secrets sign the endpoint's requests. */
  async countLive(id: number): Promise<number> {
    return (await countLiveSecrets.run({ id }, this.database))[0]?.live ?? 0;
  }

  /** Undefined for an endpoint that does not exist. */
  async findNewest(id: number): Promise<IFindNewestSecretResult | undefined> {
    return (await findNewestSecret.run({ id }, this.database))[0];
  }

  /** Returns false if another change has come between. */
  async rotate(rotation: IRotateEndpointSecretParams): Promise<boolean> {
    return (await rotateEndpointSecret.run(rotation, this.database)).length > 0;
  }

  /** Audits it. Newest first; none for an endpoint that does not exist. */
  read(reading: IReadLiveSecretsParams): Promise<IReadLiveSecretsResult[]> {
    return readLiveSecrets.run(reading, this.database);
  }

  /** Audits the test, and returns what its request needs. */
  async beginTest(test: ITestEndpointParams): Promise<ITestEndpointResult | undefined> {
    return (await testEndpoint.run(test, this.database))[0];
  }

  /** A dispatcher probes the endpoint at once if its breaker is open. */
  async probe(id: number): Promise<void> {
    await probeEndpoint.run({ id }, this.database);
  }
}
