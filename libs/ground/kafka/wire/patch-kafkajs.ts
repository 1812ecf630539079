import { limitArrays } from './array-limits.js';
import { readFetchesOurselves } from './fetch-response.js';
import { tellFetchedOffsets } from './fetched-offset.js';
import { sendIncrementalAlterConfigs } from './incremental-alter-configs.js';
import { encodeProduceRequestsOurselves } from './produce-encoder.js';
import { readHeadersLinearly } from './record-headers.js';
import { fixRequestQueueTimer } from './request-queue-timer.js';
import { limitResponses } from './response-limits.js';
import { limitScramIterations } from './scram-limits.js';

/**
 * Patches kafkajs 2.2.4 for this process: the timer of its request queue, its encoder of produce requests, what it
 * tells of batches without records, `admin.alterConfigs`, how it reads fetches and headers, and limits for what brokers
 * answer. Each patch replaces one property that kafkajs reads whenever it needs it. `createKafka` calls this before it makes
 * a client; calling it again changes nothing.
 */
export function patchKafkajs(): void {
  fixRequestQueueTimer();
  encodeProduceRequestsOurselves();
  sendIncrementalAlterConfigs();
  tellFetchedOffsets();
  readFetchesOurselves();
  limitResponses();
  limitArrays();
  readHeadersLinearly();
  limitScramIterations();
}
