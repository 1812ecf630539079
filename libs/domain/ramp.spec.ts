import { describe, expect, it } from '@jest/globals';
import { Ramp } from './ramp.js';

function repeat(times: number, act: () => void): void {
  for (let i = 0; i < times; i++) act();
}

describe('Ramp', () => {
  it('does not limit an endpoint of which only some requests fail', () => {
    const ramp = new Ramp();
    repeat(100, () => {
      repeat(9, () => ramp.failed(64));
      ramp.succeeded(64);
    });
    expect(ramp.limit(64)).toBe(64);
  });

  it('falls to a few requests while all of them fail', () => {
    const ramp = new Ramp();
    repeat(10, () => ramp.failed(64));
    expect(ramp.limit(64)).toBe(32);
    repeat(1_000, () => ramp.failed(64));
    expect(ramp.limit(64)).toBe(4);
  });

  it('rises by one with each success, up to the limit of the endpoint', () => {
    const ramp = new Ramp();
    repeat(1_000, () => ramp.failed(64));
    repeat(4, () => ramp.succeeded(64));
    expect(ramp.limit(64)).toBe(8);
    repeat(56, () => ramp.succeeded(64));
    expect(ramp.limit(64)).toBe(64);
    expect(ramp.limit(128)).toBe(128);
  });

  it('never exceeds the limit of the endpoint', () => {
    const ramp = new Ramp();
    repeat(1_000, () => ramp.failed(2));
    expect(ramp.limit(2)).toBe(2);
    expect(ramp.limit(1)).toBe(1);
  });
});
