import type { AppDefinition } from '#ground/process/run-app';
import { loadOrdersConfig, type OrdersConfig } from './orders-config.js';
import { OrdersModule } from './orders.module.js';
import { PaymentsTransport } from './payments/payments.transport.js';

export const ORDERS: AppDefinition<OrdersConfig> = {
  name: 'orders',
  load: loadOrdersConfig,
  module: OrdersModule,
  transport: PaymentsTransport,
  openApi: { title: 'Orders', description: "Lockstep's worked example: idempotent orders, an outbox, an inbox and a saga.", authenticated: false },
};
