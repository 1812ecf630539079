import { loadOrdersConfig } from '#config/orders-config';
import { runApp } from '#startup/run-app';
import { OrdersApp } from './orders-app.js';

await runApp({ name: 'orders', load: loadOrdersConfig, create: (context) => new OrdersApp(context) });
