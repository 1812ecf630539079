import { loadOrdersConfig } from './orders-config.js';
import { runCreatedApp } from '#ground/process/run-created-app';
import { OrdersApp } from './orders-app.js';

await runCreatedApp({ name: 'orders', load: loadOrdersConfig, create: (context) => new OrdersApp(context) });
