import { expect, it } from '@jest/globals';
import { isContentType } from './content-type.js';

it.each([
  ['application/json', true], ['application/json; charset=utf-8', true], ['text/plain;', true], ['text/plain ; x="a b"', true], ['application/vnd.api+json', true], [`text/plain; x=${'a'.repeat(240)}`, true],
  ['', false], ['json', false], ['a b', false], [';', false], ['text/', false], ['text/plain, text/html', false], ['text/plain; x="\u00e9"', false], [`text/plain; x=${'a'.repeat(250)}`, false],
])('%j is a content type: %j', (text, expected) => {
  expect(isContentType(text)).toBe(expected);
});
