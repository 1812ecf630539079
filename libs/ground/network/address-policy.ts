import { lookup as dnsLookup } from 'node:dns/promises';
import { type BlockList, isIP } from 'node:net';
import { blockListOf } from '#ground/config/environment';

/**
 * Not the public internet: private, loopback, link-local, shared, documentation, benchmarking, multicast and reserved
 * (IANA special-purpose address registries, 2025). Of IPv6 only 2000::/3 is handed out, so all else is refused.
 */
const RESERVED = blockListOf([
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24',
  '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
  '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20',
]);
const GLOBAL_IPV6 = blockListOf(['2000::/3']);
/** IPv4 addresses written as IPv6 ones: mapped (RFC 4291) and NAT64 (RFC 6052). The embedded address decides. */
const EMBEDDING = blockListOf(['::ffff:0:0/96', '64:ff9b::/96']);

export interface AddressPolicyOptions {
  /** Networks that deliveries may reach although they are not public; http:// is allowed there too. */
  readonly allowPrivateNetworks: readonly string[];
  /** Whether http:// is allowed everywhere. */
  readonly allowHttp: boolean;
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

const resolveByDns: Resolve = async (hostname) => (await dnsLookup(hostname, { all: true })).map(({ address }) => address);

/** Where deliveries may go. */
export class AddressPolicy {
  private readonly allowed: BlockList;

  constructor(private readonly options: AddressPolicyOptions) {
    this.allowed = blockListOf(options.allowPrivateNetworks);
  }

  /**
   * Why the URL may not be a destination, as a sentence, or undefined when it may. A name's addresses are checked when
   * it is resolved, before each connection: with `allows`. Only a name for http:// is resolved here too, since it must
   * lead into the listed networks.
   */
  async checkUrl(url: URL, resolve: Resolve = resolveByDns): Promise<string | undefined> {
    const address = literalAddressOf(url);
    if (address !== undefined && !this.isListed(address) && !isPublic(address)) {
      return `${url.hostname} is not a public address; LOCKSTEP_ALLOW_PRIVATE_NETWORKS can allow its network`;
    }
    if (url.protocol !== 'http:' || this.options.allowHttp) return undefined;
    return (await this.isListedUrl(url, address, resolve)) ? undefined : 'http:// sends events in the clear; use https://, or set LOCKSTEP_ALLOW_HTTP, or list all networks of the host in LOCKSTEP_ALLOW_PRIVATE_NETWORKS';
  }

  /** Whether a connection of this protocol (`https:`, `http:`) may go to this IPv4 or IPv6 address. */
  allows(protocol: string, ip: string): boolean {
    return this.isListed(ip) || (isPublic(ip) && (protocol === 'https:' || this.options.allowHttp));
  }

  private async isListedUrl({ hostname }: URL, address: string | undefined, resolve: Resolve): Promise<boolean> {
    if (address !== undefined) return this.isListed(address);
    if (this.options.allowPrivateNetworks.length === 0) return false;
    // A name that can't be resolved leads nowhere.
    const addresses = await resolve(hostname).catch(() => []);
    return addresses.length > 0 && addresses.every((each) => this.isListed(each));
  }

  private isListed(ip: string): boolean {
    return has(this.allowed, embeddedIpv4Of(ip) ?? ip);
  }
}

/** The address that a URL names itself, undefined for a name to be resolved; `localhost` always means loopback. */
function literalAddressOf({ hostname }: URL): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return '127.0.0.1';
  return isIP(host) === 0 ? undefined : host;
}

function isPublic(ip: string): boolean {
  const address = embeddedIpv4Of(ip) ?? ip;
  const family = isIP(address);
  if (family === 0 || (family === 6 && !has(GLOBAL_IPV6, address))) return false;
  return !has(RESERVED, address);
}

function has(list: BlockList, ip: string): boolean {
  const family = isIP(ip);
  return family !== 0 && list.check(ip, family === 6 ? 'ipv6' : 'ipv4');
}

/** `::ffff:7f00:1`, `::ffff:127.0.0.1`, `64:ff9b::7f00:1` → `127.0.0.1`. */
function embeddedIpv4Of(ip: string): string | undefined {
  if (isIP(ip) !== 6 || !has(EMBEDDING, ip)) return undefined;
  const dotted = /:(\d+\.\d+\.\d+\.\d+)$/.exec(ip)?.[1];
  if (dotted !== undefined) return dotted;
  // The URL parser writes the shortest form: its last two groups are the address.
  const canonical = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  const [low = '0', high = '0'] = canonical.split(':').reverse();
  const value = parseInt(high === '' ? '0' : high, 16) * 65_536 + parseInt(low === '' ? '0' : low, 16);
  return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');
}
