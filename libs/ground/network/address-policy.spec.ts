import { describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { AddressPolicy } from './address-policy.js';

const strict = new AddressPolicy({ allowPrivateNetworks: [], allowHttp: false });
const LOCAL = { allowPrivateNetworks: ['127.0.0.0/8', '::1', '10.1.0.0/16'], allowHttp: false };
const local = new AddressPolicy(LOCAL);

/** Every name has these addresses; without any, resolving it fails. */
const namesTo = (addresses: readonly string[]): AddressPolicy => {
  const resolve = (): Promise<LookupAddress[]> => (addresses.length === 0 ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(addresses.map((address) => ({ address, family: isIP(address) }))));
  return new AddressPolicy(LOCAL, { resolve, lookup: (_name, _options, callback) => void resolve().then((found) => callback(null, found)) });
};

describe('AddressPolicy', () => {
  it.each([
    '0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.168.1.1', '198.18.0.1',
    '224.0.0.1', '240.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '64:ff9b::a00:1', '64:ff9b::10.0.0.1', '64:ff9b:1::1', '::127.0.0.1',
    // IPv4-compatible (RFC 4291, 2.5.5.1), which is neither mapped nor routed.
    '::8.8.8.8', '::808:808',
    // 6to4, Teredo, NAT64 with a local prefix (RFC 8215), translated (RFC 6145).
    '2002:808:808::1', '2001:0:808:808::1', '64:ff9b:1::8.8.8.8', '::ffff:0:8.8.8.8', '64:ff9b::192.168.1.1', '64:FF9B::0A00:1', '0:0:0:0:0:FFFF:7f00:1',
    // Zones.
    'fe80::1%eth0', '::1%lo', '::ffff:8.8.8.8%eth0', '2606:4700:4700::1111%eth0', '8.8.8.8%1',
    // Special-purpose networks inside 2000::/3, and unassigned ones.
    '2001:1::1', '2001:2::1', '2001:20::1', '2001:1ff:ffff::1', '3fff::1', '3fff:fff::1', '4000::1', '5f00::1', '1fff::1', '::ffff:0:0', '192.0.2.1', '192.88.99.1', '198.51.100.1', '203.0.113.1',
    // Texts that some programs read as an address.
    '127.1', '0x7f.1', '2130706433', '010.8.8.8', '8.8.8', ' 8.8.8.8', '8.8.8.8 ', '[2606:4700:4700::1111]', '1::2::3', '8.8.8.8/32',
    'fc00::1', 'fd12::1', 'fe80::1', 'fec0::1', 'ff02::1', '2001:db8::1', '2002:7f00:1::', '100::1', 'not an address', '',
  ])('refuses connections to %s', (ip) => {
    expect(strict.allows('https:', ip)).toBe(false);
  });

  it.each(['1.1.1.1', '9.9.9.9', '172.15.0.1', '172.32.0.1', '192.167.1.1', '2606:4700:4700::1111', '2a00:1450::1', '2001:200::1', '2003::1', '3fff:1000::1', '2606:4700:4700:0:0:0:0:1111', '2606:4700::8.8.8.8', '223.255.255.255', '::ffff:1.1.1.1', '::ffff:101:101', '64:ff9b::808:808'])(
    'allows connections to %s',
    (ip) => {
      expect(strict.allows('https:', ip)).toBe(true);
    },
  );

  it('allows the networks that are listed, also in their IPv6 form', () => {
    expect(['127.0.0.1', '::1', '10.1.2.3', '::ffff:10.1.2.3', '::ffff:a01:203'].map((ip) => local.allows('https:', ip))).toEqual(Array(5).fill(true));
    expect(['10.2.0.1', '192.168.0.1', 'fe80::1'].map((ip) => local.allows('https:', ip))).toEqual(Array(3).fill(false));
  });

  it('allows a link-local address with a zone where its network is listed', () => {
    const linkLocal = new AddressPolicy({ allowPrivateNetworks: ['fe80::/10'], allowHttp: false });
    expect([linkLocal.allows('http:', 'fe80::1%eth0'), linkLocal.allows('http:', 'fec0::1')]).toEqual([true, false]);
  });

  it('allows no IPv4 address because a network of IPv6 is listed that holds it in another form', () => {
    const translators = new AddressPolicy({ allowPrivateNetworks: ['64:ff9b::/96', '2002::/16', '::/96'], allowHttp: false });
    expect(['10.0.0.1', '::ffff:10.0.0.1', '64:ff9b::10.0.0.1'].map((ip) => translators.allows('https:', ip))).toEqual(Array(3).fill(false));
    const mapped = new AddressPolicy({ allowPrivateNetworks: ['::ffff:10.0.0.0/104'], allowHttp: false });
    expect(['10.0.0.1', '11.0.0.1', '192.168.0.1'].map((ip) => mapped.allows('http:', ip))).toEqual([true, false, false]);
  });

  it.each([
    'https://127.0.0.1/', 'https://127.1/', 'https://0x7f.1/', 'https://2130706433/', 'https://017700000001/', 'https://localhost/', 'https://a.localhost/', 'https://localhost./',
    'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://169.254.169.254/latest', 'https://10.0.0.1:8443/',
  ])('refuses the URL %s, which leads to a private address', async (url) => {
    expect(await strict.checkUrl(new URL(url))).toMatch(/LOCKSTEP_ALLOW_PRIVATE_NETWORKS/);
  });

  it('refuses http:// to public addresses unless it is allowed everywhere', async () => {
    const everywhere = new AddressPolicy({ allowPrivateNetworks: [], allowHttp: true });
    expect(await strict.checkUrl(new URL('http://example.com/'))).toMatch(/LOCKSTEP_ALLOW_HTTP/);
    expect(await strict.checkUrl(new URL('http://1.1.1.1/'))).toMatch(/LOCKSTEP_ALLOW_HTTP/);
    expect(await everywhere.checkUrl(new URL('http://example.com/'))).toBeUndefined();
    expect(await strict.checkUrl(new URL('https://example.com/'))).toBeUndefined();
    expect([strict, local, everywhere].map((policy) => policy.allows('http:', '1.1.1.1'))).toEqual([false, false, true]);
  });

  it('allows http:// to addresses in listed networks, and to localhost when loopback is listed', async () => {
    const urls = ['http://127.0.0.1:4000/', 'http://localhost:4000/', 'http://[::1]/', 'http://10.1.9.9/'];
    expect(await Promise.all(urls.map((url) => local.checkUrl(new URL(url))))).toEqual(Array(4).fill(undefined));
    expect(local.allows('http:', '10.1.9.9')).toBe(true);
  });

  it.each([
    [['10.1.2.3', '::1'], undefined],
    [['10.1.2.3', '10.2.0.1'], /LOCKSTEP_ALLOW_HTTP/],
    [['10.1.2.3', '1.1.1.1'], /LOCKSTEP_ALLOW_HTTP/],
    [[], /LOCKSTEP_ALLOW_HTTP/],
  ])('allows http:// to a name whose addresses are all in listed networks: %j', async (addresses, refusal) => {
    const reason = await namesTo(addresses).checkUrl(new URL('http://receiver.internal:9000/'));
    expect(reason ?? 'allowed').toMatch(refusal ?? /^allowed$/);
  });

  it('refuses http:// to a name that cannot be resolved', async () => {
    expect(await namesTo([]).checkUrl(new URL('http://nowhere.internal/'))).toMatch(/LOCKSTEP_ALLOW_HTTP/);
  });

  it.each([
    ['https:', ['10.2.0.1', '10.1.2.3', '169.254.169.254', '1.1.1.1', '::1'], ['10.1.2.3', '1.1.1.1', '::1']],
    ['http:', ['10.2.0.1', '1.1.1.1', '10.1.2.3'], ['10.1.2.3']],
    ['https:', ['10.2.0.1', 'fd00::1'], undefined],
  ])('leads connections of %s to those of the addresses %j that are allowed', async (protocol, addresses, allowed) => {
    const lookup = namesTo(addresses).lookupFor(protocol);
    const found = await new Promise((resolve) => lookup('receiver.internal', { all: true }, (error, all) => resolve(error?.message ?? (all as LookupAddress[]).map(({ address }) => address))));
    const one = await new Promise((resolve) => lookup('receiver.internal', {}, (error, address) => resolve(error?.message ?? address)));
    expect([found, one]).toEqual(allowed === undefined ? Array(2).fill(expect.stringContaining('Deliveries may not go to receiver.internal')) : [allowed, allowed[0]]);
  });
});
