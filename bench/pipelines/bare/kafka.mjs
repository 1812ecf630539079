import { Kafka, logLevel } from 'kafkajs';
import { mendRequestQueueTimer } from '#kafka/request-queue-timer';
import { settings } from './settings.mjs';

mendRequestQueueTimer();

export const kafka = new Kafka({ clientId: 'bare', brokers: settings.kafkaBrokers, logLevel: logLevel.ERROR });
