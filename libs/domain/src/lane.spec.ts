import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lane, LaneError, WindowBudget } from './lane.js';

interface Item {
  readonly sequence: number;
  readonly bytes: number;
}

const item = (sequence: number, bytes = 10): Item => ({ sequence, bytes });

/** What Postgres would hold: the deliveries of one lane and what became of the attempts. */
class Model {
  tail = 0;
  closed = 0;
  delivered = 0;
  attempts = 0;
  sending: number | undefined;
  readonly starts: { sequence: number; attempt: number }[] = [];
}

interface Real {
  lane: Lane<Item>;
  readonly budget: WindowBudget;
}

const MAX_WINDOW = 4;
const BUDGET_BYTES = 55;

class Admit implements fc.Command<Model, Real> {
  constructor(private readonly withItem: boolean, private readonly bytes: number) {}
  check = () => true;
  run(model: Model, real: Real): void {
    const wasIdle = real.lane.phase === 'idle';
    model.tail += 1;
    const ready = real.lane.admit(model.tail, this.withItem ? item(model.tail, this.bytes) : undefined);
    expect(ready).toBe(wasIdle);
  }
  toString = () => `admit(${this.withItem}, ${this.bytes})`;
}

class Start implements fc.Command<Model, Real> {
  constructor(private readonly loaded: number) {}
  check = (model: Readonly<Model>) => model.sending === undefined && model.closed < model.tail;
  run(model: Model, real: Real): void {
    if (real.lane.phase === 'waiting') {
      expect(real.lane.wake()).toBe(true);
    }
    expect(real.lane.phase).toBe('ready');
    const window = Array.from({ length: Math.min(this.loaded, model.tail - model.closed) }, (_, i) => item(model.closed + 1 + i));
    const head = real.lane.start() ?? real.lane.fill(window);
    expect(head?.sequence).toBe(model.closed + 1);
    expect(real.lane.attempts).toBe(model.attempts);
    expect(real.lane.deliveredSequence).toBe(model.delivered);
    model.sending = model.closed + 1;
    model.starts.push({ sequence: model.sending, attempt: model.attempts + 1 });
  }
  toString = () => `start(${this.loaded})`;
}

class Settle implements fc.Command<Model, Real> {
  constructor(private readonly status: 'delivered' | 'dead' | 'discarded') {}
  check = (model: Readonly<Model>) => model.sending !== undefined;
  run(model: Model, real: Real): void {
    model.closed += 1;
    if (this.status === 'delivered') model.delivered = model.closed;
    model.attempts = 0;
    model.sending = undefined;
    expect(real.lane.settle(this.status)).toBe(model.closed < model.tail);
  }
  toString = () => `settle(${this.status})`;
}

class Postpone implements fc.Command<Model, Real> {
  check = (model: Readonly<Model>) => model.sending !== undefined;
  run(model: Model, real: Real): void {
    model.attempts += 1;
    model.sending = undefined;
    real.lane.postpone();
    expect(real.lane.phase).toBe('waiting');
  }
  toString = () => 'postpone';
}

class Abort implements fc.Command<Model, Real> {
  check = (model: Readonly<Model>) => model.sending !== undefined;
  run(model: Model, real: Real): void {
    model.sending = undefined;
    real.lane.abort();
    expect(real.lane.phase).toBe('ready');
  }
  toString = () => 'abort';
}

/** The process dies, or the shard moves: another owner loads the lane from Postgres. */
class Takeover implements fc.Command<Model, Real> {
  check = () => true;
  run(model: Model, real: Real): void {
    real.lane.dropWindow();
    expect(real.budget.usedBytes).toBe(0);
    real.lane = new Lane<Item>(
      { closedSequence: model.closed, tailSequence: model.tail, deliveredSequence: model.delivered, attempts: model.attempts },
      MAX_WINDOW, real.budget,
    );
    model.sending = undefined;
  }
  toString = () => 'takeover';
}

describe('Lane', () => {
  it('starts each delivery only after the one before it has ended, whatever happens in between', () => {
    const commands = fc.commands(
      [
        fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 30 })).map(([withItem, bytes]) => new Admit(withItem, bytes)),
        fc.integer({ min: 1, max: 8 }).map((loaded) => new Start(loaded)),
        fc.integer({ min: 1, max: 8 }).map((loaded) => new Start(loaded)),
        fc.constantFrom<'delivered' | 'dead' | 'discarded'>('delivered', 'delivered', 'dead', 'discarded').map((status) => new Settle(status)),
        fc.constant(new Postpone()),
        fc.constant(new Abort()),
        fc.constant(new Takeover()),
      ],
      { maxCommands: 120 },
    );
    fc.assert(
      fc.property(commands, (run) => {
        const model = new Model();
        const budget = new WindowBudget(BUDGET_BYTES);
        const real: Real = {
          lane: new Lane<Item>({ closedSequence: 0, tailSequence: 0, deliveredSequence: 0, attempts: 0 }, MAX_WINDOW, budget),
          budget,
        };
        fc.modelRun(() => ({ model, real }), run);
        for (const [before, after] of model.starts.slice(1).map((start, i) => [model.starts[i], start] as const)) {
          expect(after.sequence === before?.sequence || after.sequence === (before?.sequence ?? 0) + 1).toBe(true);
        }
        expect(real.lane.depth).toBe(model.tail - model.closed);
        real.lane.dropWindow();
        expect(budget.usedBytes).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds no more than its window and the budget allow, but always the head', () => {
    const budget = new WindowBudget(25);
    const lane = new Lane<Item>({ closedSequence: 0, tailSequence: 0, deliveredSequence: 0, attempts: 0 }, 4, budget);
    for (let sequence = 1; sequence <= 6; sequence++) lane.admit(sequence, item(sequence));
    expect(budget.usedBytes).toBe(20);
    expect(lane.start()).toEqual(item(1));
    lane.settle('delivered');
    lane.start();
    lane.settle('delivered');
    expect(lane.start()).toBeUndefined();
    expect(lane.fill([item(3, 1_000), item(4)])).toEqual(item(3, 1_000));
    expect(budget.usedBytes).toBe(1_000);
  });

  it('asks to be loaded anew when Postgres has another head than the lane', () => {
    const lane = new Lane<Item>({ closedSequence: 2, tailSequence: 5, deliveredSequence: 2, attempts: 0 }, 4, new WindowBudget(1_000));
    lane.start();
    expect(lane.fill([item(4), item(5)])).toBeUndefined();
  });

  it('ignores an admission that it was loaded with', () => {
    const lane = new Lane<Item>({ closedSequence: 0, tailSequence: 2, deliveredSequence: 0, attempts: 0 }, 4, new WindowBudget(1_000));
    expect(lane.admit(2, item(2))).toBe(false);
    expect(lane.depth).toBe(2);
  });

  it('refuses steps that its phase does not have', () => {
    const lane = new Lane<Item>({ closedSequence: 0, tailSequence: 1, deliveredSequence: 0, attempts: 0 }, 4, new WindowBudget(1_000));
    expect(() => lane.settle('delivered')).toThrow(LaneError);
    lane.start();
    expect(() => lane.start()).toThrow(LaneError);
  });
});
