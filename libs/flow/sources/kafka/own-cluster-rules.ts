import { DEFAULT_TENANT } from '#domain/tenant';
import type { Topics } from '#ground/kafka/topics';

/** Why a source may not read a topic, and the setting that says so. */
export interface TopicProblem {
  readonly setting: 'brokers' | 'topic';
  readonly message: string;
}

/** Why a source of this tenant may not read this topic of Lockstep's own cluster; undefined if it may. Pure. */
export function ownClusterProblem(tenant: string, topic: string, topics: Topics): TopicProblem | undefined {
  if (tenant !== DEFAULT_TENANT) return { setting: 'brokers', message: `must be set to another cluster: only sources of the tenant ${DEFAULT_TENANT} may read from Lockstep's own` };
  if (topic.startsWith('__') || isOwn(topic, topics)) return { setting: 'topic', message: `must not be one of Lockstep's or Kafka's own topics, as ${topic} is` };
  return undefined;
}

function isOwn(topic: string, topics: Topics): boolean {
  return [topics.events, topics.control, topics.deadLetters].includes(topic) || topic.startsWith(topics.named('retry.'));
}
