import type { LookupAddress } from 'node:dns';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DnsAnswer, DnsServer } from '#dev/testing/dns-server';
import { waitUntil } from '#dev/testing/wait-until';
import { AddressPolicy } from './address-policy.js';
import { NameResolver } from './name-resolver.js';

let folder: string;
let server: DnsServer;
let zone: Record<string, DnsAnswer>;
/** Names that were asked of the system, and what it says. */
let askedOfSystem: string[];
let system: (name: string) => Promise<readonly LookupAddress[]>;
let names: NameResolver;
let nowMs = 0;

const NOT_FOUND = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-names-'));
  zone = {};
  askedOfSystem = [];
  system = () => Promise.reject(NOT_FOUND);
  server = await DnsServer.start((name) => zone[name] ?? 'unknown');
  names = await resolverWith({});
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function resolverWith({ hosts = '', resolvConf = '', servers = [server.address], tryMs = 50 }: { hosts?: string; resolvConf?: string; servers?: string[]; tryMs?: number }): Promise<NameResolver> {
  const files = { hosts: path.join(folder, 'hosts'), resolvConf: path.join(folder, 'resolv.conf') };
  await Promise.all([writeFile(files.hosts, hosts), writeFile(files.resolvConf, resolvConf)]);
  return new NameResolver({
    servers, files, tryMs, nowMs: () => nowMs,
    askSystem: (name) => {
      askedOfSystem.push(name);
      return system(name);
    },
  });
}

const addressesOf = async (name: string, resolver = names): Promise<string[]> => (await resolver.resolve(name)).map(({ address }) => address);

describe('NameResolver', () => {
  it('resolves a name while others, whose servers never answer, are being resolved', async () => {
    zone['good.test'] = { ttl: 60, A: ['192.0.2.1'] };
    for (let i = 0; i < 16; i++) zone[`silent-${i}.test`] = 'silent';
    let slow = 0;
    const hanging = Array.from({ length: 16 }, (_, i) => names.resolve(`silent-${i}.test`).catch((error: unknown) => error).finally(() => (slow += 1)));
    expect(await addressesOf('good.test')).toEqual(['192.0.2.1']);
    expect(slow).toBe(0);
    expect(new Set((await Promise.all(hanging)).map((error) => (error as { code?: string }).code))).toEqual(new Set(['ETIMEOUT']));
    expect(askedOfSystem).toEqual([]);
  });

  it('asks the system for one name at a time, and DNS meanwhile', async () => {
    zone['good.test'] = { ttl: 60, A: ['192.0.2.1'] };
    const first = Promise.withResolvers<LookupAddress[]>();
    system = (name) => (name === 'first.local' ? first.promise : Promise.resolve([{ address: '192.0.2.9', family: 4 }]));
    const [slow, waiting] = [addressesOf('first.local'), addressesOf('second.local')];
    expect(await addressesOf('good.test')).toEqual(['192.0.2.1']);
    expect(askedOfSystem).toEqual(['first.local']);
    first.resolve([{ address: '::9', family: 6 }, { address: '192.0.2.8', family: 4 }]);
    expect([await slow, await waiting]).toEqual([['192.0.2.8', '::9'], ['192.0.2.9']]);
  });

  it('asks the system only for names that it may know by other means than DNS: of one label, below .local, any without a server', async () => {
    system = () => Promise.resolve([{ address: '192.0.2.9', family: 4 }]);
    expect([await addressesOf('printer'), await addressesOf('printer.local')]).toEqual([['192.0.2.9'], ['192.0.2.9']]);
    await expect(names.resolve('nowhere.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(askedOfSystem).toEqual(['printer', 'printer.local']);
    const nobody = await DnsServer.start(() => 'silent');
    const { address } = nobody;
    await nobody.stop();
    expect(await addressesOf('nowhere.test', await resolverWith({ servers: [address] }))).toEqual(['192.0.2.9']);
  });

  it('lets 100 names wait for the system, and refuses more at once', async () => {
    const first = Promise.withResolvers<LookupAddress[]>();
    system = () => first.promise;
    const waiting = Array.from({ length: 101 }, (_, i) => names.resolve(`host-${i}.local`));
    await waitUntil('the answers of DNS', () => server.questions.length === 202);
    await expect(names.resolve('late.local')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
    first.resolve([{ address: '192.0.2.8', family: 4 }]);
    await Promise.all(waiting);
    expect(askedOfSystem).toHaveLength(101);
  });

  it('keeps a failure for 1 s, then twice as long each time, up to 30 s, until the name is found', async () => {
    const askedFor = async (): Promise<number> => {
      await names.resolve('late.test').catch(() => undefined);
      return server.questions.filter((question) => question === 'late.test A').length;
    };
    const asked = [await askedFor()];
    for (const keptMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      nowMs += keptMs - 1;
      asked.push(await askedFor());
      nowMs += 1;
      asked.push(await askedFor());
    }
    expect(asked).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8]);
    zone['late.test'] = { ttl: 5, A: ['192.0.2.1'] };
    nowMs += 30_000;
    expect(await askedFor()).toBe(9);
    delete zone['late.test'];
    nowMs += 5_000;
    expect(await askedFor()).toBe(10);
    nowMs += 1_000;
    expect(await askedFor()).toBe(11);
  });

  it('has at most 96 first queries under way, however many names are silent', async () => {
    const resolver = await resolverWith({ tryMs: 1_000 });
    zone['good.test'] = { ttl: 60, A: ['192.0.2.1'] };
    const silent = Array.from({ length: 500 }, (_, i) => `silent-${i}.test`);
    for (const name of silent) zone[name] = 'silent';
    const hanging = silent.map((name) => resolver.resolve(name).catch(() => undefined));
    // Asked by another: what was sent before is with the server then.
    await names.resolve('good.test');
    expect(server.questions.filter((question) => question.startsWith('silent-'))).toHaveLength(96);
    zone = {};
    await Promise.all(hanging);
  });

  it('finds a name behind hundreds of silent ones', async () => {
    const silent = Array.from({ length: 300 }, (_, i) => `silent-${i}.test`);
    for (const name of silent) zone[name] = 'silent';
    zone['good.test'] = { ttl: 60, A: ['192.0.2.1'] };
    const hanging = silent.map((name) => names.resolve(name).catch(() => undefined));
    expect(await addressesOf('good.test')).toEqual(['192.0.2.1']);
    zone = {};
    await Promise.all(hanging);
  });

  it('asks once for concurrent look-ups of a name, and again when the answer has expired: by its TTL, after 5 to 30 s', async () => {
    zone['brief.test'] = { ttl: 0, A: ['192.0.2.1'], AAAA: ['2001:db8::1'] };
    zone['usual.test'] = { ttl: 20, A: ['192.0.2.2'] };
    zone['long.test'] = { ttl: 86_400, A: ['192.0.2.3'] };
    const askedFor = async (name: string): Promise<number> => {
      await Promise.all([names.resolve(name), names.resolve(name.toUpperCase())]);
      return server.questions.filter((question) => question === `${name} A`).length;
    };
    const asked: number[][] = [];
    for (const ms of [0, 4_999, 1, 14_999, 1, 9_999, 1]) {
      nowMs += ms;
      asked.push(await Promise.all(Object.keys(zone).map(askedFor)));
    }
    expect(asked).toEqual([[1, 1, 1], [1, 1, 1], [2, 1, 1], [3, 1, 1], [3, 2, 1], [4, 2, 1], [4, 2, 2]]);
  });

  it('does not keep the addresses of one family from a server that never answers for the other', async () => {
    zone['half.test'] = { ttl: 60, A: ['192.0.2.1'], silent: 'AAAA' };
    zone['six.test'] = { ttl: 60, AAAA: ['2001:db8::6'] };
    expect(await addressesOf('half.test')).toEqual(['192.0.2.1']);
    expect(await addressesOf('six.test')).toEqual(['2001:db8::6']);
  });

  it('reports what failed: no such name, a server that fails, a family without addresses', async () => {
    zone['failing.test'] = 'failing';
    zone['four.test'] = { ttl: 60, A: ['192.0.2.1'] };
    await expect(names.resolve('nowhere.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(names.resolve('failing.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    const found = new Promise((resolve) => names.lookup('four.test', { family: 6, all: true }, (error) => resolve(error?.code)));
    expect(await found).toBe('ENOTFOUND');
  });

  it('resolves an address to itself, and localhost without asking', async () => {
    expect([await addressesOf('192.0.2.1'), await addressesOf('2001:db8::1'), await addressesOf('localhost'), await addressesOf('api.localhost.')]).toEqual([['192.0.2.1'], ['2001:db8::1'], ['127.0.0.1', '::1'], ['127.0.0.1', '::1']]);
    expect([server.questions, askedOfSystem]).toEqual([[], []]);
  });

  it('takes the hosts file first, as the system does, and again when it has changed', async () => {
    zone['listed.test'] = { ttl: 60, A: ['192.0.2.1'] };
    const resolver = await resolverWith({ hosts: '127.0.0.5 localhost\n::5 Listed.test other # a comment\n192.0.2.5\tlisted.test\nnonsense listed.test\n' });
    expect(await addressesOf('listed.TEST', resolver)).toEqual(['192.0.2.5', '::5']);
    expect(await addressesOf('localhost', resolver)).toEqual(['127.0.0.5']);
    expect(server.questions).toEqual([]);
    await writeFile(path.join(folder, 'hosts'), '192.0.2.66 listed.test\n');
    nowMs += 5_000;
    expect(await addressesOf('listed.test', resolver)).toEqual(['192.0.2.66']);
  });

  it('completes short names by the search domains, which come first below ndots', async () => {
    zone['db.shop.svc.cluster.test'] = { ttl: 60, A: ['192.0.2.2'] };
    zone['api.partner.test'] = { ttl: 60, A: ['192.0.2.3'] };
    const resolver = await resolverWith({ resolvConf: 'domain ignored.test\nsearch svc.cluster.test. cluster.test # a comment\noptions edns0 ndots:3 timeout:1\n' });
    expect([await addressesOf('db.shop', resolver), await addressesOf('api.partner.test', resolver), await addressesOf('api.partner.test.', resolver)]).toEqual([['192.0.2.2'], ['192.0.2.3'], ['192.0.2.3']]);
    expect([...new Set(server.questions.map((question) => question.split(' ')[0]))]).toEqual(['db.shop.svc.cluster.test', 'api.partner.test.svc.cluster.test', 'api.partner.test.cluster.test', 'api.partner.test']);
    expect(askedOfSystem).toEqual([]);
  });

  it('finds a name although DNS fails for it in a search domain', async () => {
    zone['hooks.example.test.corp.test'] = 'failing';
    zone['hooks.example.test'] = { ttl: 60, A: ['192.0.2.4'] };
    zone['gone.example.test.corp.test'] = 'failing';
    const resolver = await resolverWith({ resolvConf: 'search corp.test\noptions ndots:5\n' });
    expect(await addressesOf('hooks.example.test', resolver)).toEqual(['192.0.2.4']);
    // The failure is told, since it may pass.
    await expect(resolver.resolve('gone.example.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('leads a connection only to allowed addresses', async () => {
    zone['rebound.test'] = { ttl: 60, A: ['169.254.169.254', '1.1.1.1'] };
    zone['inside.test'] = { ttl: 60, A: ['10.0.0.1'], AAAA: ['fd00::1'] };
    const policy = new AddressPolicy({ allowPrivateNetworks: [], allowHttp: false }, names);
    const connect = (name: string): Promise<unknown> => new Promise((resolve) => policy.lookupFor('https:')(name, {}, (error, address) => resolve(error?.message ?? address)));
    expect([await connect('rebound.test'), await connect('inside.test')]).toEqual(['1.1.1.1', expect.stringContaining('Deliveries may not go to inside.test')]);
  });
});
