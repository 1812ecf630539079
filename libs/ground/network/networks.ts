import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A network: its address and the length of its prefix in bits. IPv4 is written as IPv6, mapped (`::ffff:10.0.0.0/104`). */
export type Network = [ipaddr.IPv6, number];

const MAPPED_BITS = 96;
const GLOBAL: Network = [ipaddr.IPv6.parse('2000::'), 3];
const NAT64: Network = [ipaddr.IPv6.parse('64:ff9b::'), 96];

/**
 * The address that this text names, undefined when it is none. An IPv4 address is mapped into IPv6 (RFC 4291), one behind
 * NAT64 too (RFC 6052), so that each destination has one form. Only a link-local address may have a zone, which is left
 * out.
 */
export function parseAddress(text: string): ipaddr.IPv6 | undefined {
  const address = parseAsWritten(text);
  return address?.match(NAT64) === true ? new ipaddr.IPv4(address.toByteArray().slice(12)).toIPv4MappedAddress() : address;
}

/** The network of a text such as `10.0.0.0/8` or `::1`, undefined when it is none. */
export function parseNetwork(text: string): Network | undefined {
  const [base = '', bits, ...rest] = text.split('/');
  const address = parseAsWritten(base);
  if (address === undefined || rest.length > 0) return undefined;
  if (bits === undefined) return [address, 128];
  if (!/^\d{1,3}$/.test(bits)) return undefined;
  const length = Number(bits) + (isIP(base) === 4 ? MAPPED_BITS : 0);
  return length <= 128 ? [address, length] : undefined;
}

/** Whether the address is in the public internet: neither private nor reserved (IANA special-purpose address registries). */
export function isPublic(address: ipaddr.IPv6): boolean {
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().range() === 'unicast';
  // IANA has handed out nothing else, and ipaddr.js calls unassigned networks unicast.
  return address.match(GLOBAL) && address.range() === 'unicast';
}

export function isIn(address: ipaddr.IPv6, networks: readonly Network[]): boolean {
  return networks.some((network) => address.match(network));
}

function parseAsWritten(text: string): ipaddr.IPv6 | undefined {
  switch (isIP(text)) {
    case 4:
      return ipaddr.IPv4.parse(text).toIPv4MappedAddress();
    case 6: {
      const [written = '', zone] = text.split('%');
      // ipaddr.js reads `::1.2.3.4` as mapped, which it is not; in the URL parser's form no dots are left.
      const address = ipaddr.IPv6.parse(new URL(`http://[${written}]`).hostname.slice(1, -1));
      return zone === undefined || address.range() === 'linkLocal' ? address : undefined;
    }
    default:
      return undefined;
  }
}
