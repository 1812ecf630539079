import { expect, it } from '@jest/globals';
import { keyHash, mintApiKey, prefixOf } from './api-key.js';

it('a key is found by its prefix, which is a small part of it, and only its hash is kept', () => {
  const { key, prefix, hash } = mintApiKey();
  expect(key).toMatch(/^lsk_[A-Za-z0-9_-]{48}$/);
  expect(prefix).toBe(key.slice(0, 16));
  expect(prefixOf(key)).toBe(prefix);
  expect(hash).toEqual(keyHash(key));
  expect(mintApiKey().key).not.toBe(key);
});

it.each(['', 'lsk_', 'lsk_too-short', `LSK_${'a'.repeat(48)}`, `lsk_${'a'.repeat(49)}`])('%j cannot be an API key', (text) => {
  expect(prefixOf(text)).toBeUndefined();
});
