import { loadOrdersConfig } from './orders-config.js';
import { runApp } from '#ground/process/run-app';
import { OrdersApp } from './orders-app.js';

await runApp({ name: 'orders', load: loadOrdersConfig, create: (context) => new OrdersApp(context) });
