import kafkajs, { type Admin, type ITopicMetadata } from 'kafkajs';
import { formatDuration } from '#domain/duration';
import type { Config } from '#ground/config/config';
import { StartError } from '#ground/process/start-error';

const NAMES = ['max.message.bytes', 'cleanup.policy', 'compression.type', 'retention.ms', 'retention.bytes', 'min.insync.replicas'] as const;

/** What a topic's own settings, or the broker's defaults, say. A setting that the broker does not report is missing. */
export type TopicSettings = ReadonlyMap<(typeof NAMES)[number], string>;

export interface CheckedTopic {
  readonly topic: string;
  /** What Lockstep asks for. */
  readonly retentionMs: number;
  readonly settings: TopicSettings;
  /** Of the partition that has the fewest. */
  readonly replicas: number;
}

/** kafkajs reads no other compression, and a consumer that gets one ends for good. */
const READABLE = ['uncompressed', 'producer', 'gzip'];

/** @throws what kafkajs throws, also when Kafka does not allow DescribeConfigs */
export async function readTopicSettings(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, TopicSettings>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: [...NAMES] })),
  });
  return new Map(resources.map(({ resourceName, configEntries }) => [resourceName, reported(configEntries)]));
}

/** Brokers other than Apache's may leave settings out, or report them without a value. */
export function reported(entries: readonly { readonly configName: string; readonly configValue: string | null }[]): TopicSettings {
  return new Map(entries.flatMap(({ configName, configValue }) => (configValue === null || configValue === '' ? [] : [[configName as (typeof NAMES)[number], configValue]])));
}

export function replicasOf({ partitions }: ITopicMetadata): number {
  return Math.min(...partitions.map(({ replicas }) => replicas.length));
}

/**
 * Checks settings that others may have given to our topics, or the broker by default.
 * @returns what follows from settings with which Lockstep works, but not as promised, with the command that changes them
 * @throws StartError topics_unsuitable, with the command, when records are refused, removed or unreadable
 */
export function checkTopicSettings(topics: readonly CheckedTopic[], { kafka }: { readonly kafka: Pick<Config['kafka'], 'brokers'> }): string[] {
  const commandOf = (topic: string, entry: string): string => `kafka-configs.sh --bootstrap-server ${kafka.brokers.join(',')} --alter --topic ${topic} --add-config ${entry}`;
  const sentences = (problems: (topic: CheckedTopic) => Problem[]): string[] => topics.flatMap((topic) => problems(topic).map(({ sentence, entry }) => `${topic.topic} ${sentence}. Run:\n${commandOf(topic.topic, entry)}`));
  const refusals = sentences(refusalsOf);
  if (refusals.length > 0) throw new StartError('topics_unsuitable', refusals.join('\n'));
  return sentences(warningsOf);
}

interface Problem {
  /** Behind the topic's name. */
  readonly sentence: string;
  /** The setting that ends it. */
  readonly entry: string;
}

function refusalsOf({ settings, replicas }: CheckedTopic): Problem[] {
  const [policy = '', compression] = [settings.get('cleanup.policy'), settings.get('compression.type')];
  const inSync = Number(settings.get('min.insync.replicas'));
  return [
    policy.includes('compact')
      ? [{ sentence: `has cleanup.policy=${policy}: Kafka keeps only the last record of each entity, and refuses records without a key, which stops their shard`, entry: 'cleanup.policy=delete' }]
      : [],
    compression === undefined || READABLE.includes(compression) ? [] : [{ sentence: `has compression.type=${compression}, which Lockstep cannot read`, entry: 'compression.type=uncompressed' }],
    inSync > replicas
      ? [{ sentence: `has min.insync.replicas=${inSync} and ${replicas} replicas: Kafka refuses each record. Give it more replicas, or allow fewer`, entry: `min.insync.replicas=${replicas}` }]
      : [],
  ].flat();
}

function warningsOf({ settings, retentionMs }: CheckedTopic): Problem[] {
  const [keptMs, keptBytes] = [Number(settings.get('retention.ms')), Number(settings.get('retention.bytes'))];
  return [
    keptMs >= 0 && keptMs < retentionMs
      ? [{
          sentence: `keeps records for ${formatDuration(keptMs)}, and not for ${formatDuration(retentionMs)}: events that expire before they are admitted come from Postgres, later; retries wait for the sweep; other teams miss records`,
          entry: `retention.ms=${retentionMs}`,
        }]
      : [],
    keptBytes >= 0 ? [{ sentence: `keeps only ${keptBytes} bytes a partition, however young the records are, with the same consequences as a short retention.ms`, entry: 'retention.bytes=-1' }] : [],
    settings.get('compression.type') === 'producer'
      ? [{ sentence: 'has compression.type=producer: a record of another producer in snappy, lz4 or zstd would stop its shard', entry: 'compression.type=uncompressed' }]
      : [],
  ].flat();
}
