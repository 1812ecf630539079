import { describe, expect, it } from '@jest/globals';
import { Journal } from './journal.mjs';
import { plan, runRounds } from './rounds.mjs';

const ran = [];
const partNamed = (name, more = {}) => ({
  name,
  run: async ({ keep }, pipeline) => {
    ran.push(`${name} ${pipeline}`);
    keep([{ case: name, pipeline }]);
  },
  ...more,
});
const scenario = { name: 'speed', parts: [partNamed('slow'), partNamed('fast', { pipelines: ['product'] })] };
const options = { rounds: 2, pipelines: ['product', 'bare'], limited: true };

describe('plan', () => {
  it('runs the pipelines of a round next to each other, and skips pipelines that a part does not support', () => {
    expect(plan(scenario, { rounds: 2, pipelines: ['product', 'bare'] }).map(({ key }) => key)).toEqual([
      'speed/slow product 1', 'speed/slow bare 1', 'speed/fast product 1', 'speed/slow product 2', 'speed/slow bare 2', 'speed/fast product 2',
    ]);
  });

  it('takes the number of rounds from the options, else from the part, else from the scenario', () => {
    const goal = { name: 'speed', rounds: 1, parts: [partNamed('other'), partNamed('goal', { rounds: 2 })] };
    const keysOf = (rounds) => plan(goal, { rounds, pipelines: ['product'] }).map(({ key }) => key);
    expect(keysOf(undefined)).toEqual(['speed/other product 1', 'speed/goal product 1', 'speed/goal product 2']);
    expect(keysOf(1)).toEqual(['speed/other product 1', 'speed/goal product 1']);
  });
});

describe('runRounds', () => {
  it('runs what the journal does not have, and records each part as it ends', async () => {
    const journal = new Journal(undefined, {});
    journal.add('speed/slow product 1', []);
    ran.length = 0;
    await runRounds({}, scenario, options, journal);
    expect(ran).toEqual(['slow bare', 'fast product', 'slow product', 'slow bare', 'fast product']);
    expect(journal.records[0]).toEqual({ round: 1, scenario: 'speed', case: 'slow', pipeline: 'bare' });
  });

  it('leaves a part that would exceed the time limit to the next run', async () => {
    const long = { name: 'speed', parts: [partNamed('first'), partNamed('endless', { expectedSeconds: 10_000 })] };
    const lines = [];
    ran.length = 0;
    await runRounds({ progress: (line) => lines.push(line) }, long, { ...options, pipelines: ['product'] }, new Journal(undefined, {}));
    expect(ran).toEqual(['first product']);
    expect(lines).toHaveLength(1);
  });
});
