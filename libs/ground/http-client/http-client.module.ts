import { Module } from '@nestjs/common';
import { socketLimit } from './open-file-limit.js';
import { SocketBudget } from './socket-budget.js';

/** The bound of open sockets, one for the process. */
@Module({
  providers: [{ provide: SocketBudget, useFactory: () => new SocketBudget(socketLimit()) }],
  exports: [SocketBudget],
})
export class HttpClientModule {}
