import { Kafka, logLevel } from 'kafkajs';
import { fixKafkajsTimer } from '../../harness/built-code.mjs';
import { settings } from './settings.mjs';

await fixKafkajsTimer();

export const kafka = new Kafka({ clientId: 'bare', brokers: settings.kafkaBrokers, logLevel: logLevel.ERROR });
