import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { selfSignedCertificate } from '#dev/testing/self-signed-certificate';
import { waitUntil } from '#dev/testing/wait-until';
import { AddressPolicy } from '#ground/network/address-policy';
import { CertificateFetcher, type CertificateFetcherOptions } from './certificate-fetcher.js';
import { SignatureError } from './webhook-provider.js';

const { key, cert } = selfSignedCertificate('localhost');
const LOOPBACK = { allowPrivateNetworks: ['127.0.0.0/8', '::1'], allowHttp: false };

let server: Server;
let origin: string;
/** Paths that were asked for. */
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let nowMs: number;

beforeEach(async () => {
  asked = [];
  nowMs = 0;
  answer = (_request, response) => response.end('PEM');
  server = createServer({ key, cert }, (request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const fetcherWith = (options: CertificateFetcherOptions = {}, policy = LOOPBACK): CertificateFetcher => new CertificateFetcher(new AddressPolicy(policy), { ca: cert, nowMs: () => nowMs, ...options });
const at = (path: string): URL => new URL(path, origin);

describe('CertificateFetcher', () => {
  it('asks once for a text, however many wait for it, and keeps it if it is right', async () => {
    const fetcher = fetcherWith();
    const texts = await Promise.all([fetcher.fetchPem(at('/a')), fetcher.fetchPem(at('/a')), fetcher.fetchPem(at('/b'))]);
    fetcher.keepPem(at('/a'), 'PEM');
    nowMs = 1e9;
    expect([...texts, await fetcher.fetchPem(at('/a'))]).toEqual(Array(4).fill('PEM'));
    expect(asked.sort()).toEqual(['/a', '/b']);
  });

  it('asks again after ten seconds for a text that was not found to be right', async () => {
    const fetcher = fetcherWith();
    await fetcher.fetchPem(at('/a'));
    nowMs = 9_999;
    await fetcher.fetchPem(at('/a'));
    expect(asked).toEqual(['/a']);
    nowMs = 10_000;
    await fetcher.fetchPem(at('/a'));
    expect(asked).toEqual(['/a', '/a']);
  });

  it('keeps what is right, whatever else is asked for', async () => {
    const fetcher = fetcherWith();
    fetcher.keepPem(at('/right'), await fetcher.fetchPem(at('/right')));
    for (let i = 0; i <= 100; i++) await fetcher.fetchPem(at(`/${i}`));
    await fetcher.fetchPem(at('/right'));
    expect(asked.filter((path) => path === '/right')).toHaveLength(1);
  });

  it.each([404, 400, 403, 204, 301])('takes status %i for no certificate, follows no redirect, and asks again after ten seconds', async (status) => {
    const fetcher = fetcherWith();
    answer = (_request, response) => response.writeHead(status, { location: `${origin}/other` }).end();
    await expect(fetcher.fetchPem(at('/a'))).rejects.toThrow(SignatureError);
    await expect(fetcher.fetchPem(at('/a'))).rejects.toThrow(SignatureError);
    expect(asked).toEqual(['/a']);
    nowMs = 10_000;
    answer = (_request, response) => response.end('PEM');
    expect(await fetcher.fetchPem(at('/a'))).toBe('PEM');
  });

  it.each([500, 503, 429, 408])('reports status %i as a failure that passes', async (status) => {
    answer = (_request, response) => response.writeHead(status).end();
    await expect(fetcherWith().fetchPem(at('/a'))).rejects.toMatchObject({ code: 'upstream_unavailable', status: 502, message: expect.stringContaining(`status ${status}`) });
  });

  it('gives up after the timeout, before and within an answer', async () => {
    const fetcher = fetcherWith({ timeoutMs: 100 });
    answer = () => undefined;
    await expect(fetcher.fetchPem(at('/silent'))).rejects.toMatchObject({ code: 'upstream_unavailable' });
    answer = (_request, response) => response.write('PE');
    await expect(fetcher.fetchPem(at('/slow'))).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('reads 64 KiB, and no more', async () => {
    answer = (_request, response) => response.end('x'.repeat(65_536));
    expect(await fetcherWith().fetchPem(at('/a'))).toHaveLength(65_536);
    let isClosed = false;
    answer = (request, response) => {
      request.socket.on('close', () => (isClosed = true));
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', write);
      };
      write();
    };
    await expect(fetcherWith().fetchPem(at('/endless'))).rejects.toThrow(SignatureError);
    await waitUntil('the end of the connection', () => isClosed);
  });

  it('fetches four at once from a host, and refuses more', async () => {
    const fetcher = fetcherWith();
    const responses: ServerResponse[] = [];
    answer = (_request, response) => responses.push(response);
    const fetching = ['/1', '/2', '/3', '/4'].map((path) => fetcher.fetchPem(at(path)));
    await waitUntil('four requests', () => responses.length === 4);
    await expect(fetcher.fetchPem(at('/5'))).rejects.toMatchObject({ code: 'overloaded', status: 503 });
    for (const response of responses) response.end('PEM');
    await Promise.all(fetching);
    answer = (_request, response) => response.end('PEM');
    expect(await fetcher.fetchPem(at('/5'))).toBe('PEM');
  });

  it('keeps the hundred texts that were used last', async () => {
    const fetcher = fetcherWith();
    const use = async (path: string): Promise<void> => fetcher.keepPem(at(path), await fetcher.fetchPem(at(path)));
    for (let i = 0; i < 100; i++) await use(`/${i}`);
    await use('/0');
    await use('/100');
    await use('/0');
    expect(asked).toHaveLength(101);
    await use('/1');
    expect([asked.length, asked.at(-1)]).toEqual([102, '/1']);
  });

  it('asks a host although another one does not answer', async () => {
    const fetcher = fetcherWith();
    const silent = createServer({ key, cert }, () => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const silentOrigin = `https://localhost:${(silent.address() as AddressInfo).port}`;
    const waiting = Array.from({ length: 4 }, (_, i) => fetcher.fetchPem(new URL(`/${i}`, silentOrigin)));
    expect(await fetcher.fetchPem(at('/a'))).toBe('PEM');
    silent.closeAllConnections();
    for (const each of waiting) await expect(each).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await new Promise((resolve) => silent.close(resolve));
  });

  it('connects only to addresses that deliveries may go to', async () => {
    const fetcher = fetcherWith({}, { allowPrivateNetworks: [], allowHttp: false });
    await expect(fetcher.fetchPem(at('/a'))).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await expect(fetcher.fetchPem(new URL('/a', origin.replace('localhost', '127.0.0.1')))).rejects.toMatchObject({ code: 'upstream_unavailable', message: expect.stringContaining('not a public address') });
    expect(asked).toEqual([]);
  });

  it('trusts only a host with a certificate for its name', async () => {
    await expect(new CertificateFetcher(new AddressPolicy(LOOPBACK)).fetchPem(at('/a'))).rejects.toMatchObject({ code: 'upstream_unavailable', message: expect.not.stringContaining('localhost') });
    await expect(fetcherWith().fetchPem(new URL('/a', origin.replace('localhost', '127.0.0.1')))).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(asked).toEqual([]);
  });
});
