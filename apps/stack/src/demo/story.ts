export interface StoryEvent {
  readonly type: string;
  readonly entity: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const steps = ['order.created', 'order.paid', 'order.shipped', 'order.delivered'] as const;
const waves = 3;
const ordersPerWave = 3;

export const ordersPerStory = waves * ordersPerWave;

/**
 * Takes orders through four steps, three orders at a time, each one step behind the one before. After a refused event,
 * later events of the same order wait, and events of other orders do not.
 */
export function storyFrom(firstOrder: number): StoryEvent[] {
  const events: StoryEvent[] = [];
  for (let wave = 0; wave < waves; wave += 1) {
    for (let tick = 0; tick < steps.length + ordersPerWave - 1; tick += 1) {
      for (let place = 0; place < ordersPerWave; place += 1) {
        const type = steps[tick - place];
        if (type !== undefined) {
          const order = firstOrder + wave * ordersPerWave + place;
          events.push({ type, entity: `order-${order}`, data: { order, total: 20 + (order % 7) * 5, currency: 'EUR' } });
        }
      }
    }
  }
  return events;
}

/** Keys of the events that the receiver refuses once: one or two a wave, at different steps. */
export function refusedOnce(story: readonly StoryEvent[]): ReadonlySet<string> {
  const entities = [...new Set(story.map(({ entity }) => entity))];
  const refusals = [[0, 1], [4, 2], [6, 0], [8, 1]] as const;
  return new Set(refusals.map(([place, step]) => eventKey(entities[place] ?? '', steps[step])));
}

export function eventKey(entity: string, type: string): string {
  return `${entity} ${type}`;
}
