import { formatDuration } from '#domain/duration';

/** The full names of Lockstep's topics. */
export class Topics {
  constructor(private readonly prefix: string) {}

  readonly named = (name: string): string => `${this.prefix}${name}`;

  get events(): string {
    return this.named('events');
  }

  get control(): string {
    return this.named('control');
  }

  get deadLetters(): string {
    return this.named('dlq');
  }

  retry(delayMs: number): string {
    return this.named(retryTopicName(delayMs));
  }
}

/** Name of a retry tier's topic, without the prefix: `retry.30s`. */
export function retryTopicName(delayMs: number): string {
  return `retry.${formatDuration(delayMs)}`;
}

/** The retry tiers: the schedule's distinct delays of at least one second, ascending. Shorter delays are timers. */
export function tiersOf(retryScheduleMs: readonly number[]): number[] {
  return [...new Set(retryScheduleMs)].filter((delayMs) => delayMs >= 1_000).sort((a, b) => a - b);
}
