import { Module } from '@nestjs/common';
import { HttpClientModule } from '#ground/http-client/http-client.module';
import { SocketBudget } from '#ground/http-client/socket-budget';
import { AddressPolicy } from '#ground/network/address-policy';
import { NetworkModule } from '#ground/network/network.module';
import { AttemptClient } from './attempt-client.js';
import { TokenClient } from './token-client.js';

/** Sends single attempts, for processes that own no shards and know no endpoints: each has a connection of its own. */
@Module({
  imports: [HttpClientModule, NetworkModule],
  providers: [
    {
      provide: AttemptClient,
      inject: [AddressPolicy, SocketBudget],
      useFactory: (addresses: AddressPolicy, sockets: SocketBudget) => new AttemptClient(addresses, sockets, { onChange: () => undefined }),
    },
    TokenClient,
  ],
  exports: [AttemptClient, TokenClient],
})
export class SingleAttemptsModule {}
