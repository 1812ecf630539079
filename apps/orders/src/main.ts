import { runApp } from '#ground/process/run-app';
import { ORDERS } from './orders-app.js';

await runApp(ORDERS);
