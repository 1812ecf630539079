import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type KafkaConfig, kafkaConfig, parseEnvironment } from './config.js';
import { projectRoot } from './project-root.js';

/** The servers that a command works on: those of the environment, else of the stack that runs in LOCKSTEP_DATA_DIR. */
export class RunningStack {
  private content: { databaseUrl?: unknown; kafkaBrokers?: unknown } | undefined;

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  /** @throws Error with what to set, if neither has a database */
  databaseUrl(): string {
    return this.environment['DATABASE_URL'] || this.fromFile('databaseUrl', 'DATABASE_URL');
  }

  /** @throws Error with what to set, if neither has brokers; ConfigError for bad values */
  kafka(): KafkaConfig {
    const brokers = this.environment['KAFKA_BROKERS'] || this.fromFile('kafkaBrokers', 'KAFKA_BROKERS');
    return kafkaConfig(brokers, parseEnvironment({ ...this.environment, KAFKA_BROKERS: brokers }));
  }

  private fromFile(name: 'databaseUrl' | 'kafkaBrokers', variable: string): string {
    const file = path.join(path.resolve(projectRoot(), this.environment['LOCKSTEP_DATA_DIR'] || '.lockstep'), 'stack.json');
    this.content ??= this.read(file, variable);
    const value = this.content[name];
    if (typeof value !== 'string') throw new Error(`${file} has no ${name}: set ${variable}`);
    return value;
  }

  private read(file: string, variable: string): { databaseUrl?: unknown; kafkaBrokers?: unknown } {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      throw new Error(`set ${variable}, or start a stack first (npm start)`);
    }
    return JSON.parse(text) as { databaseUrl?: unknown; kafkaBrokers?: unknown };
  }
}
