import type { FaultKind } from './history.js';
import { stepClock } from './faults/clock.js';
import { deleteLog, recreateTopics } from './faults/log.js';
import { cut, delay, halfOpen, isolate, reset } from './faults/network.js';
import type { FaultAction } from './faults/ongoing-fault.js';
import { addEndpoint, addPastEndpoint, change, pauseEndpoint, replayDeadLetters } from './faults/operators.js';
import { freeze, kill, restart } from './faults/processes.js';
import { receiverMode } from './faults/receiver.js';
import { killServer, restartServer } from './faults/servers.js';

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
  'receiver-down': receiverMode(() => ({ kind: 'down' })),
  'receiver-slow': receiverMode((delayMs) => ({ kind: 'slow', delayMs })),
  'receiver-failing': receiverMode((percent) => ({ kind: 'failing', percent, status: 500 })),
  'receiver-resetting': receiverMode(() => ({ kind: 'resetting' })),
  'receiver-odd': receiverMode((seed) => ({ kind: 'odd', seed })),
  'change-url': change('url'),
  'change-headers': change('headers'),
  'rotate-secret': change('secret'),
  'pause-endpoint': pauseEndpoint,
  'add-endpoint': addEndpoint,
  'add-past-endpoint': addPastEndpoint,
  'replay-dead-letters': replayDeadLetters,
};
