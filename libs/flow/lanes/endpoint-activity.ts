import { Inject, Injectable } from '@nestjs/common';
import type { AttemptResult, Disposition } from '#domain/disposition';
import { API_SOURCE } from '#domain/source-provider';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import { Samples } from '#ground/samples/samples';
import type { Tally } from '#ground/samples/tally';
import { deliveryAgeMs } from './delivery-age.js';
import type { DeliveryItem } from './delivery-item.js';
import { deliveriesTotal } from './lanes.metrics.js';
import { OpenShards } from './open-shards.js';

/** Counts what endpoints answer, how their deliveries end, and how many wait. */
@Injectable()
export class EndpointActivity {
  constructor(
    private readonly samples: Samples,
    private readonly shards: OpenShards,
    @Inject(EndpointDirectory) private readonly directory: Pick<EndpointDirectory, 'get'>,
  ) {
    samples.observe({ measure: 'backlog', read: () => this.backlogs() });
  }

  /** An attempt's outcome is committed. */
  onOutcome(item: Pick<DeliveryItem, 'key' | 'tenant' | 'source' | 'type' | 'replayed'>, result: AttemptResult, { kind }: Disposition): void {
    const { key, tenant, source, type } = item;
    const response = result.statusCode === undefined ? 'attempts.none' : `attempts.${Math.floor(result.statusCode / 100)}xx`;
    const target = kind === 'delivered' ? this.directory.get(key.endpoint) : undefined;
    const delayMs = target === undefined ? undefined : deliveryAgeMs(item, target, Date.now());
    note(this.samples.endpoint(tenant, key.endpoint), response, result.durationMs, kind, delayMs);
    note(this.samples.events(tenant, source ?? API_SOURCE, type), response, result.durationMs, kind, delayMs);
  }

  /** Deliveries are discarded. @param endpoint its narrow key */
  onDiscarded(endpoint: number, deliveries = 1): void {
    if (deliveries === 0) return;
    deliveriesTotal.inc({ outcome: 'discarded' }, deliveries);
    this.samples.endpoint(this.directory.get(endpoint)?.tenant, endpoint).count('deliveries.discarded', deliveries);
  }

  /** Pending deliveries of each endpoint, as far as their lanes are in memory. */
  private backlogs(): { tenant: string; endpoint: number; value: number }[] {
    const backlogs = new Map<number, number>();
    for (const shard of this.shards.all()) {
      for (const { endpoint, lane } of shard.all()) if (lane.depth > 0) backlogs.set(endpoint, (backlogs.get(endpoint) ?? 0) + lane.depth);
    }
    return [...backlogs].flatMap(([endpoint, value]) => {
      const target = this.directory.get(endpoint);
      return target === undefined ? [] : [{ tenant: target.tenant, endpoint, value }];
    });
  }
}

function note(tally: Tally, response: string, durationMs: number, kind: Disposition['kind'], delayMs: number | undefined): void {
  tally.count(response);
  tally.measure('latency', durationMs);
  if (kind !== 'retry') tally.count(`deliveries.${kind}`);
  if (delayMs !== undefined) tally.measure('delay', delayMs);
}
