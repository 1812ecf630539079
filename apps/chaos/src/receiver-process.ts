/** Runs a ReceiverServer. Commands arrive on the channel to the harness; when it closes, the process exits. */
import { ReceiverServer } from './receiver-server.js';
import type { ReceiverCommand, ReceiverReply } from './receiver-messages.js';

const server = new ReceiverServer();

async function execute(command: ReceiverCommand): Promise<void> {
  switch (command.kind) {
    case 'start':
      await server.start(command.port, command.shards);
      break;
    case 'mode':
      await server.setMode(command.mode);
      break;
    case 'dump':
      await server.dump(command.file);
      break;
    case 'status':
  }
  process.send?.({ number: command.number, status: server.status } satisfies ReceiverReply);
}

process.on('message', (command: ReceiverCommand) => void execute(command));
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
