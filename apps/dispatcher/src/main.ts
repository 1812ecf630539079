import { runApp } from '#ground/process/run-app';
import { DISPATCHER } from './dispatcher-app.js';

await runApp(DISPATCHER);
