import { measureThroughput, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

const WARM_UP_EVENTS = 10_000;

/** A body without padding takes about 200 bytes. */
const sizes = [
  { name: 'bytes-200', bytes: 0, pipelines: ['product', 'bare'] },
  { name: 'bytes-4k', bytes: 4_096, pipelines: ['product', 'bare'] },
  // The product's default limit. The bare relay cannot send such bodies, because it always sends 500 rows at once.
  { name: 'bytes-256k', bytes: 262_144, pipelines: ['product'] },
];

export const payloads = {
  name: 'payloads',
  title: 'Bodies of 200 B, 4 KiB and 256 KiB, 100 connections, closed loop',
  rounds: 1,
  seconds: 10,
  metrics: { deliveredPerSecond: 'delivered/s', mibPerSecond: 'MiB/s' },
  plots: ['deliveredPerSecond', 'mibPerSecond'],
  parts: sizes.map(({ name, bytes, pipelines }) => ({
    name,
    pipelines,
    run: (bench, pipelineName) =>
      withPipeline(bench, pipelineName, {}, async (setting) => {
        await warmUp(setting, { events: WARM_UP_EVENTS });
        const measured = await measureThroughput(setting, { seconds: setting.seconds, args: ['--bytes', String(bytes)] });
        const mibPerSecond = (measured.metrics.deliveredPerSecond * Math.max(bytes, 200)) / 2 ** 20;
        setting.record(name, { ...measured, metrics: { ...measured.metrics, mibPerSecond } });
      }),
  })),
};
