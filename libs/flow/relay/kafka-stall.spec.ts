import { expect, it } from '@jest/globals';
import { KafkaStall } from './kafka-stall.js';

it('a stall lasts from the first send without an answer until the next answer', () => {
  const stall = new KafkaStall();
  expect([stall.isPending, stall.kafkaStalledMs(1_000)]).toEqual([false, 0]);
  stall.onSend(1_000);
  stall.onSend(3_000);
  expect([stall.isPending, stall.kafkaStalledMs(4_000)]).toEqual([true, 3_000]);
  stall.onAnswer();
  expect([stall.isPending, stall.kafkaStalledMs(5_000)]).toEqual([false, 0]);
  stall.onSend(6_000);
  expect(stall.kafkaStalledMs(6_500)).toBe(500);
});
