import { expect, it } from '@jest/globals';
import { maxBatchBytes, maxMessageBytes } from './message-size.js';

it.each([[1_024], [262_144], [5_242_880]])('a batch holds a body of %i bytes with its key and headers, and the topics take the batch', (maxBodyBytes) => {
  expect(maxBatchBytes(maxBodyBytes)).toBeGreaterThanOrEqual(maxBodyBytes + 32_768);
  expect(maxBatchBytes(maxBodyBytes)).toBeLessThan(maxMessageBytes(maxBodyBytes));
});
