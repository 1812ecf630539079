import { conflictsOf } from '#ground/postgres/conflicts.metrics';

export const replayConflicts = conflictsOf('replay');
