import { isIP, type LookupFunction } from 'node:net';
import { NameResolver } from './name-resolver.js';
import { isIn, isPublic, type Network, parseAddress, parseNetwork } from './networks.js';

export interface AddressPolicyOptions {
  /** Networks that deliveries may reach although they are not public; http:// is allowed there too. */
  readonly allowPrivateNetworks: readonly string[];
  /** Whether http:// is allowed everywhere. */
  readonly allowHttp: boolean;
}

/** Where deliveries may go. */
export class AddressPolicy {
  private readonly allowed: readonly Network[];

  constructor(
    private readonly options: AddressPolicyOptions,
    private readonly names: Pick<NameResolver, 'lookup' | 'resolve'> = new NameResolver(),
  ) {
    this.allowed = options.allowPrivateNetworks.map(parseNetwork).filter((network) => network !== undefined);
  }

  /**
   * Why the URL may not be a destination, as a sentence, or undefined when it may. The addresses of a name are checked
   * when it is resolved, before each connection (`lookupFor`). Only a name for http:// is resolved here too, since all of
   * its addresses must be in the listed networks.
   */
  async checkUrl(url: URL): Promise<string | undefined> {
    const address = literalAddressOf(url);
    if (address !== undefined && !this.allows('https:', address)) {
      return `${url.hostname} is not a public address; LOCKSTEP_ALLOW_PRIVATE_NETWORKS can allow its network`;
    }
    if (url.protocol !== 'http:' || this.options.allowHttp) return undefined;
    return (await this.isListedUrl(url, address)) ? undefined : 'http:// sends events in the clear; use https://, or set LOCKSTEP_ALLOW_HTTP, or list all networks of the host in LOCKSTEP_ALLOW_PRIVATE_NETWORKS';
  }

  /** Whether a connection of this protocol (`https:`, `http:`) may go to this IPv4 or IPv6 address. */
  allows(protocol: string, ip: string): boolean {
    const address = parseAddress(ip);
    if (address === undefined) return false;
    return isIn(address, this.allowed) || (isPublic(address) && (protocol === 'https:' || this.options.allowHttp));
  }

  /**
   * For `lookup` of node:net and node:tls: resolves a name to those of its addresses that connections of this protocol may go
   * to, so that no name leads to a forbidden one.
   * @param refusal of a name without such an address
   */
  lookupFor(protocol: string, refusal: (hostname: string) => Error = deliveryRefused): LookupFunction {
    return (hostname, options, callback) =>
      this.names.lookup(hostname, { ...options, all: true }, (error, found) => {
        if (error !== null) return callback(error, '');
        const allowed = Array.isArray(found) ? found.filter(({ address }) => this.allows(protocol, address)) : [];
        const [first] = allowed;
        if (first === undefined) return callback(refusal(hostname), '');
        if (options.all === true) callback(null, allowed);
        else callback(null, first.address, first.family);
      });
  }

  private async isListedUrl({ hostname }: URL, address: string | undefined): Promise<boolean> {
    if (address !== undefined) return this.isListed(address);
    if (this.allowed.length === 0) return false;
    // A name that cannot be resolved leads nowhere.
    const addresses = await this.names.resolve(hostname).catch(() => []);
    return addresses.length > 0 && addresses.every(({ address: each }) => this.isListed(each));
  }

  private isListed(ip: string): boolean {
    const address = parseAddress(ip);
    return address !== undefined && isIn(address, this.allowed);
  }
}

function deliveryRefused(hostname: string): Error {
  return new Error(`Deliveries may not go to ${hostname}: its addresses are private or reserved, or public and http:// is not allowed`);
}

/** The address that a URL names itself, undefined for a name to be resolved; `localhost` always means loopback. */
function literalAddressOf({ hostname }: URL): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return '127.0.0.1';
  return isIP(host) === 0 ? undefined : host;
}
