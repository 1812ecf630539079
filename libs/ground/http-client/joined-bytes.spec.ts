import { describe, expect, it } from '@jest/globals';
import { JoinedBytes } from './joined-bytes.js';

describe('JoinedBytes', () => {
  it('joins parts of any size, and drops what is above the limit', () => {
    const joined = new JoinedBytes(8);
    expect(joined.bytes.length).toBe(0);
    for (const part of ['a', '', 'bcd', 'e']) joined.add(Buffer.from(part));
    const early = joined.bytes;
    joined.add(Buffer.from('fghij'));
    joined.add(Buffer.from('k'));
    expect(joined.bytes.toString()).toBe('abcdefgh');
    expect(early.toString()).toBe('abcde');
  });

  it('copies: a part may change afterwards', () => {
    const joined = new JoinedBytes(8);
    const part = Buffer.from('ab');
    joined.add(part);
    part.fill('x');
    expect(joined.bytes.toString()).toBe('ab');
  });

  it('takes one buffer at most twice as long as the bytes, however short the parts are', () => {
    const joined = new JoinedBytes(1_048_576);
    const part = Buffer.from('x');
    for (let i = 0; i < 40_000; i++) joined.add(part);
    expect(joined.bytes.length).toBe(40_000);
    expect(joined.bytes.buffer.byteLength).toBeLessThanOrEqual(80_000);
  });
});
