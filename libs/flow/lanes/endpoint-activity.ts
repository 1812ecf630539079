import { Injectable } from '@nestjs/common';
import type { AttemptResult, Disposition } from '#domain/disposition';
import { endpointSubject } from '#domain/endpoint-samples';
import { Samples } from '#ground/samples/samples';
import { deliveriesTotal } from './lanes.metrics.js';

/** Counts what endpoints answer, and how their deliveries end. */
@Injectable()
export class EndpointActivity {
  constructor(private readonly samples: Samples) {}

  /** An attempt's outcome is committed. @param endpoint its narrow key */
  onOutcome(endpoint: number, { statusCode, durationMs }: AttemptResult, { kind }: Disposition): void {
    const subject = endpointSubject(endpoint);
    this.samples.count(subject, statusCode === undefined ? 'attempts.none' : `attempts.${Math.floor(statusCode / 100)}xx`);
    this.samples.measure(subject, 'latency', durationMs);
    if (kind !== 'retry') this.samples.count(subject, `deliveries.${kind}`);
  }

  /** Deliveries are discarded. @param endpoint its narrow key */
  onDiscarded(endpoint: number, deliveries = 1): void {
    if (deliveries === 0) return;
    deliveriesTotal.inc({ outcome: 'discarded' }, deliveries);
    this.samples.count(endpointSubject(endpoint), 'deliveries.discarded', deliveries);
  }
}
