/** The receiver as a process of its own: see receiver-server.ts. Its orders come over the channel; it ends with it. */
import { ReceiverServer } from './receiver-server.js';
import type { ReceiverOrder, ReceiverReply } from './receiver-orders.js';

const server = new ReceiverServer();

async function obey(order: ReceiverOrder): Promise<void> {
  switch (order.kind) {
    case 'start':
      await server.start(order.port, order.shards);
      break;
    case 'mode':
      await server.become(order.mode);
      break;
    case 'dump':
      await server.dump(order.file);
      break;
    case 'status':
  }
  process.send?.({ number: order.number, status: server.status } satisfies ReceiverReply);
}

process.on('message', (order: ReceiverOrder) => void obey(order));
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
