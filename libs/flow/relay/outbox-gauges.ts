import { Gauge } from 'prom-client';
import type { OutboxProbe } from './outbox-probe.js';

/** An outbox' depth and age. They exist only in a process that looks: a 0 from one that doesn't would be taken for an answer. */
export class OutboxGauges {
  private probe: OutboxProbe | undefined;

  /** @param name of the metrics, to which `_depth` and `_oldest_age_seconds` are added @param what waits there, in the plural */
  constructor(
    private readonly name: string,
    private readonly what: string,
  ) {}

  /** Says where the gauges look; the last one holds. */
  observe(probe: OutboxProbe): void {
    if (this.probe === undefined) {
      this.create('depth', `${this.what} that are not in Kafka yet`, 'depth');
      this.create('oldest_age_seconds', `Age of the oldest of the ${this.what.toLowerCase()} that are not in Kafka yet`, 'oldestAgeSeconds');
    }
    this.probe = probe;
  }

  private create(suffix: string, help: string, part: 'depth' | 'oldestAgeSeconds'): void {
    const look = () => this.probe?.look();
    new Gauge({
      name: `${this.name}_${suffix}`,
      help,
      async collect() {
        const state = await look();
        if (state !== undefined) this.set(state[part]);
      },
    });
  }
}
