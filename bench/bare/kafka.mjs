import { Kafka, logLevel } from 'kafkajs';
import { fixRequestQueueTimer } from '#ground/kafka/wire/request-queue-timer';
import { settings } from './settings.mjs';

fixRequestQueueTimer();

export const kafka = new Kafka({ clientId: 'bare', brokers: settings.kafkaBrokers, logLevel: logLevel.ERROR });
