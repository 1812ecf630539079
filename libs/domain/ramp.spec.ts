import { describe, expect, it } from '@jest/globals';
import { Ramp } from './ramp.js';

function repeat(times: number, act: () => void): void {
  for (let i = 0; i < times; i++) act();
}

describe('Ramp', () => {
  it('leaves an endpoint alone of which some requests fail', () => {
    const ramp = new Ramp();
    repeat(100, () => {
      repeat(9, () => ramp.failed(64));
      ramp.succeeded(64);
    });
    expect(ramp.limit(64)).toBe(64);
  });

  it('goes down to a few while nothing but failures comes back', () => {
    const ramp = new Ramp();
    repeat(10, () => ramp.failed(64));
    expect(ramp.limit(64)).toBe(32);
    repeat(1_000, () => ramp.failed(64));
    expect(ramp.limit(64)).toBe(4);
  });

  it('goes up by one with each success, until the endpoint has all of its places', () => {
    const ramp = new Ramp();
    repeat(1_000, () => ramp.failed(64));
    repeat(4, () => ramp.succeeded(64));
    expect(ramp.limit(64)).toBe(8);
    repeat(56, () => ramp.succeeded(64));
    expect(ramp.limit(64)).toBe(64);
    expect(ramp.limit(128)).toBe(128);
  });

  it('never goes above what the endpoint allows', () => {
    const ramp = new Ramp();
    repeat(1_000, () => ramp.failed(2));
    expect(ramp.limit(2)).toBe(2);
    expect(ramp.limit(1)).toBe(1);
  });
});
