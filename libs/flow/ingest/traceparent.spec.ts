import { expect, it } from '@jest/globals';
import { traceparentOf, tracestateOf, withTracestate } from './traceparent.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

it.each([TRACEPARENT, TRACEPARENT.replace(/01$/, '00'), TRACEPARENT.replace(/^00/, '01')])('takes the traceparent %s', (traceparent) => {
  expect(traceparentOf({ traceparent })).toBe(traceparent);
});

it.each([
  undefined, '', 'nonsense', TRACEPARENT.toUpperCase(), `${TRACEPARENT}-x`, TRACEPARENT.replace(/^00/, 'ff'),
  '00-00000000000000000000000000000000-b7ad6b7169203331-01', '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
])('ignores the traceparent %s', (traceparent) => {
  expect(traceparentOf({ traceparent })).toBeUndefined();
});

it('takes a tracestate as it is, with a valid traceparent only', () => {
  const tracestate = 'vendor=opaque-1, other@system=2';
  expect(tracestateOf({ traceparent: TRACEPARENT, tracestate })).toBe(tracestate);
  expect(tracestateOf({ traceparent: TRACEPARENT })).toBeUndefined();
  expect(tracestateOf({ tracestate })).toBeUndefined();
  expect(tracestateOf({ traceparent: 'nonsense', tracestate })).toBeUndefined();
});

it.each(['', 'a=\u00e4', 'a=\n', `a=${'x'.repeat(511)}`])('ignores the tracestate %j', (tracestate) => {
  expect(tracestateOf({ traceparent: TRACEPARENT, tracestate })).toBeUndefined();
});

it('adds a tracestate to the attributes', () => {
  const attributes = { 'ce-id': '17' };
  expect(withTracestate(attributes, undefined)).toBe(attributes);
  expect(withTracestate(undefined, undefined)).toBeUndefined();
  expect(withTracestate(attributes, 'a=1')).toEqual({ 'ce-id': '17', tracestate: 'a=1' });
  expect(withTracestate(undefined, 'a=1')).toEqual({ tracestate: 'a=1' });
});
