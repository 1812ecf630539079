/** The Postgres and the Kafka that all suites of a run share; global-setup.ts starts them. */
export interface SharedServers {
  /** Of a superuser, so that each suite can create a database. */
  readonly databaseUrl: string;
  readonly kafkaBrokers: string;
}

/** @throws Error when the suite runs in neither of jest's projects `int` and `e2e` */
export function sharedServers(): SharedServers {
  const databaseUrl = process.env['LOCKSTEP_TEST_DATABASE_URL'];
  const kafkaBrokers = process.env['LOCKSTEP_TEST_KAFKA_BROKERS'];
  if (databaseUrl === undefined || kafkaBrokers === undefined) {
    throw new Error("The shared servers are not there: name the file x.int-spec.ts, x.e2e-spec.ts or x.slow-spec.ts, so that it runs in a project that has them");
  }
  return { databaseUrl, kafkaBrokers };
}
