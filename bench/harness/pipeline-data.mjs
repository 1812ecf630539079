import { deleteTopics } from './servers.mjs';

let created = 0;

/**
 * Creates a database and a topic prefix for one pipeline. They outlive the pipeline's processes, so that a later start can
 * use them again.
 * @param {string} name of the pipeline
 */
export async function createPipelineData({ databases, kafka }, name) {
  created++;
  const database = `bench_${name}_${created}`;
  const topicPrefix = `${name}-${created}.`;
  const databaseUrl = await databases.create(database);
  return {
    id: created,
    database,
    databaseUrl,
    topicPrefix,
    query: (text, values) => databases.query(databaseUrl, text, values),
    drop: async () => {
      await databases.drop(database);
      // Idle partitions would cost the broker CPU in later rounds.
      await deleteTopics(kafka, topicPrefix);
    },
  };
}
