import { cpuPerThousand, cpuSeconds } from './cpu.mjs';
import { watchMemory } from './memory.mjs';
import { round } from './statistics.mjs';
import { kafkaBytes, walBytes } from './storage.mjs';

/**
 * Measures CPU, memory and bytes written from now until the returned function is called with the number of events.
 * @returns {Promise<(events: number) => Promise<Usage>>}
 * @typedef {object} Usage
 * @property {Record<string, number>} cpuPer1000 CPU seconds per 1,000 events, by process; the same number is ms per event
 * @property {number} walBytesPerEvent of the whole server
 * @property {number} kafkaBytesPerEvent of the pipeline's topics
 * @property {Record<string, number>} peakMib peak resident memory, by process
 */
export async function startUsage({ pipeline, servers, receiver }) {
  const pids = () => ({ ...pipeline.pids, ...servers.pids, ...(receiver?.pid === undefined ? {} : { receiver: receiver.pid }) });
  const stored = async () => ({ wal: await walBytes(servers), kafka: await kafkaBytes(servers, pipeline.data.topicPrefix) });
  const storedBefore = await stored();
  const endMemory = watchMemory(pids);
  const cpuBefore = cpuSeconds(pids());
  return async (events) => {
    const cpuPer1000 = cpuPerThousand(cpuBefore, cpuSeconds(pids()), events);
    const peakMib = endMemory();
    const storedAfter = await stored();
    const perEvent = (name) => round((storedAfter[name] - storedBefore[name]) / events);
    return { cpuPer1000, walBytesPerEvent: perEvent('wal'), kafkaBytesPerEvent: perEvent('kafka'), peakMib };
  };
}
