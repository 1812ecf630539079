/** The built files that mutants and stall points edit. */
export const BUILT = {
  admitBatch: 'dist/libs/flow/admission/admit-batch.queries.js',
  admissionRepository: 'dist/libs/flow/admission/admission.repository.js',
  attemptClient: 'dist/libs/flow/delivery/attempt-client.js',
  batchReader: 'dist/libs/ground/kafka/batch-reader.js',
  commitOutcomes: 'dist/libs/flow/outcome/commit-outcomes.queries.js',
  controlTopic: 'dist/libs/flow/operations/control-topic.controller.js',
  endpointDirectory: 'dist/libs/flow/delivery/endpoint-directory.js',
  ingestOutbox: 'dist/libs/flow/relay/ingest-outbox.js',
  laneRunner: 'dist/libs/flow/lanes/lane-runner.js',
  lease: 'dist/libs/flow/leases/lease.js',
  outcomeRepository: 'dist/libs/flow/outcome/outcome.repository.js',
  outcomeService: 'dist/libs/flow/outcome/outcome.service.js',
  relay: 'dist/libs/flow/relay/relay.js',
  shardLog: 'dist/libs/flow/admission/shard-log.js',
  shardSupervisor: 'dist/libs/flow/shards/shard-supervisor.js',
  tokenRedeemer: 'dist/libs/flow/lanes/token-redeemer.js',
} as const;
