import { runApp } from '#ground/process/run-app';
import { PROXY } from './proxy-app.js';

await runApp(PROXY);
