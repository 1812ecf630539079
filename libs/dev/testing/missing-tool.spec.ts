import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { skippedWithout } from './missing-tool.js';

const environment = process.env;
let said: string[] = [];

beforeEach(() => {
  said = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});

afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

describe('tests without their tool', () => {
  it.each([{ CI: '' }, { CI: 'true', MISSING_TOOLS: 'skip' }])('say so and are skipped (%j)', (variables) => {
    process.env = { ...environment, ...variables };
    expect(skippedWithout('promtool is not installed')).toBe(false);
    expect(said).toEqual(['Skipped: promtool is not installed\n']);
  });

  it('fail on CI, which should have installed it', () => {
    process.env = { ...environment, CI: 'true', MISSING_TOOLS: '' };
    expect(() => skippedWithout('promtool is not installed')).toThrow('promtool is not installed');
  });
});
