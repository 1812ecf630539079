import { connect, isIP, type LookupFunction, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import type { AddressPolicy } from '#ground/network/address-policy';

const KEEP_ALIVE_MS = 60_000;

/**
 * Opens kafkajs' connections to addresses that the policy allows, and no others: also those that a cluster names as its
 * brokers. With TLS the rule is that of https://, else that of http://.
 * @param isClosed whether an address and port may not be connected to, though the policy allows it
 */
export function guardedSockets(policy: AddressPolicy, isClosed: (address: string, port: number) => boolean = () => false): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const protocol = ssl ? 'https:' : 'http:';
    // A name is checked when it is resolved.
    const socket = isIP(host) === 0 ? opened() : !policy.allows(protocol, host) ? refused(notAllowed(host)) : isClosed(host, port) ? refused(closed(host, port)) : opened();
    return socket.setKeepAlive(true, KEEP_ALIVE_MS);

    function opened(): Socket {
      const target = { host, port, lookup: openOnly(policy.lookupFor(protocol, notAllowed), port) };
      return ssl ? connectTls({ ...target, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect) : connect(target, onConnect);
    }
  };

  function openOnly(lookup: LookupFunction, port: number): LookupFunction {
    return (hostname, options, callback) =>
      lookup(hostname, { ...options, all: true }, (error, found) => {
        if (error !== null || !Array.isArray(found)) return callback(error, '');
        const open = found.filter(({ address }) => !isClosed(address, port));
        const [first] = open;
        if (first === undefined) callback(closed(hostname, port), '');
        else if (options.all === true) callback(null, open);
        else callback(null, first.address, first.family);
      });
  }
}

function notAllowed(host: string): Error {
  return new Error(`Connections to Kafka may not go to ${host}: it is private or reserved, or TLS is off. LOCKSTEP_ALLOW_PRIVATE_NETWORKS can allow its network, and LOCKSTEP_ALLOW_HTTP connections without TLS`);
}

function closed(host: string, port: number): Error {
  return new Error(`${host}:${port} is a broker of Lockstep's own cluster: leave out \`brokers\` to read from it`);
}

/** kafkajs listens for errors once it has the socket. */
function refused(error: Error): Socket {
  const socket = new Socket();
  setImmediate(() => socket.destroy(error));
  return socket;
}
