import { connect, isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import type { AddressPolicy } from '#ground/network/address-policy';

const KEEP_ALIVE_MS = 60_000;

/**
 * Opens kafkajs' connections to addresses that the policy allows, and no others: also those that a cluster names as its
 * brokers. With TLS the rule is that of https://, else that of http://.
 */
export function guardedSockets(policy: AddressPolicy): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const protocol = ssl ? 'https:' : 'http:';
    // A name is checked when it is resolved.
    const socket = isIP(host) !== 0 && !policy.allows(protocol, host) ? refused(host) : opened();
    return socket.setKeepAlive(true, KEEP_ALIVE_MS);

    function opened(): Socket {
      const target = { host, port, lookup: policy.lookupFor(protocol) };
      return ssl ? connectTls({ ...target, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect) : connect(target, onConnect);
    }
  };
}

/** kafkajs listens for errors once it has the socket. */
function refused(host: string): Socket {
  const socket = new Socket();
  setImmediate(() => socket.destroy(new Error(`${host} is no address that may be connected to; LOCKSTEP_ALLOW_PRIVATE_NETWORKS can allow its network, and LOCKSTEP_ALLOW_HTTP connections without TLS`)));
  return socket;
}
