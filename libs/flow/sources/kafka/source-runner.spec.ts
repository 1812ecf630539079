import { expect, it } from '@jest/globals';
import { captureLog } from '#dev/testing/log-capture';
import { waitUntil } from '#dev/testing/wait-until';
import { type KafkaSource, SourceChangedError } from './kafka-source.js';
import { SourceRunner } from './source-runner.js';
import type { SourceSession } from './source-session.js';

it('waits longer each time for a source that fails whenever it has joined its group, and logs it once', async () => {
  const log = captureLog();
  let [attempts, isSteady] = [0, false];
  const source = { id: 1, publicId: 'src_1' } as KafkaSource;
  const runner = new SourceRunner(source, (_source, { onReading, onSteady }) => {
    const run = (): Promise<void> => {
      attempts += 1;
      onReading();
      if (isSteady) onSteady();
      return Promise.reject(new Error('Not authorized to read'));
    };
    return Promise.resolve({ run, stop: () => undefined, report: () => [] } as unknown as SourceSession);
  }, log.logger);
  runner.start(Promise.resolve());
  await waitUntil('the third attempt', () => Promise.resolve(attempts === 3));
  expect([log.lines.map(({ msg }) => msg), runner.isFailing]).toEqual([['A source cannot be read; retrying'], true]);
  isSteady = true;
  await waitUntil('that it is read again, and fails again', () => Promise.resolve(log.lines.length === 3));
  await runner.stop();
});

it('stops while its session is being opened, and closes the session that comes later', async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<SourceSession>();
  const done: string[] = [];
  const runner = new SourceRunner({ id: 1, publicId: 'src_1' } as KafkaSource, () => {
    done.push('opening');
    return opened;
  }, captureLog().logger);
  runner.start(Promise.resolve());
  await waitUntil('the beginning', () => Promise.resolve(done.length === 1));
  await runner.stop();
  const note = (what: string) => (): Promise<void> => Promise.resolve(void done.push(what));
  open({ run: note('running'), close: note('closed') } as unknown as SourceSession);
  await waitUntil('its end', () => Promise.resolve(done.length === 2));
  expect(done).toEqual(['opening', 'closed']);
});

it('reads no more, and does not fail, after its source has changed', async () => {
  const log = captureLog();
  let attempts = 0;
  const runner = new SourceRunner({ id: 1, publicId: 'src_1' } as KafkaSource, () => {
    attempts += 1;
    return Promise.resolve({ run: () => Promise.reject(new SourceChangedError()), stop: () => undefined } as unknown as SourceSession);
  }, log.logger);
  runner.start(Promise.resolve());
  await waitUntil('its session', () => Promise.resolve(attempts === 1));
  await runner.stop();
  expect([attempts, runner.isFailing, log.lines]).toEqual([1, false, []]);
});
