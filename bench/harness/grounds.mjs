import { deleteTopics } from './servers.mjs';

let made = 0;

/**
 * Where one run of a pipeline keeps its data: a database and topics of its own. Outlives the pipeline's processes, so that
 * others can be started on it.
 * @param {string} name of the pipeline
 */
export async function createGround({ databases, kafka }, name) {
  made++;
  const database = `bench_${name}_${made}`;
  const topicPrefix = `${name}-${made}.`;
  const databaseUrl = await databases.create(database);
  return {
    id: made,
    database,
    databaseUrl,
    topicPrefix,
    query: (text, values) => databases.query(databaseUrl, text, values),
    drop: async () => {
      await databases.drop(database);
      // Idle partitions burden the broker in later rounds.
      await deleteTopics(kafka, topicPrefix);
    },
  };
}
