import type { FaultKind } from './history.js';
import { stepClock } from './faults/clock.js';
import { deleteLog, recreateTopics } from './faults/log.js';
import { cut, delay, halfOpen, isolate, reset } from './faults/network.js';
import type { FaultAction } from './faults/ongoing-fault.js';
import { addEndpoint, pauseEndpoint, replayDeadLetters } from './faults/operators.js';
import { freeze, kill, restart } from './faults/processes.js';
import { receiverIs } from './faults/receiver.js';
import { killServer, restartServer } from './faults/servers.js';

/** What each kind of fault does. */
export const FAULT_ACTIONS: Readonly<Record<FaultKind, FaultAction>> = {
  kill,
  freeze,
  restart,
  'kill-postgres': killServer('postgres'),
  'restart-postgres': restartServer('postgres'),
  'kill-kafka': killServer('kafka'),
  'restart-kafka': restartServer('kafka'),
  cut,
  delay,
  'half-open': halfOpen,
  reset,
  'isolate-from-kafka': cut,
  'isolate-from-postgres': cut,
  'isolate-from-both': isolate,
  'delete-log': deleteLog,
  'recreate-topics': recreateTopics,
  'step-clock': stepClock,
  'receiver-down': receiverIs(() => ({ kind: 'down' })),
  'receiver-slow': receiverIs((delayMs) => ({ kind: 'slow', delayMs })),
  'receiver-failing': receiverIs((percent) => ({ kind: 'failing', percent })),
  'receiver-resetting': receiverIs(() => ({ kind: 'resetting' })),
  'pause-endpoint': pauseEndpoint,
  'add-endpoint': addEndpoint,
  'replay-dead-letters': replayDeadLetters,
};
