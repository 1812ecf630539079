import { METHODS, type RequestListener, type Server } from 'node:http';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { FrameworkLogger } from '#ground/telemetry/framework-logger';
import type { Logger } from '#ground/telemetry/logger';
import { AllowedMethods } from './allowed-methods.js';
import { answerConnectionError, answerWhatNodeWould } from './connection-errors.js';
import { createHttpServer } from './http-server.js';
import { HttpModule } from './http.module.js';
import { bodyRefusalOf, otherBodyRefusalOf } from './json-body.js';
import { LoadShedding } from './load-shedding.js';
import { type ManagementPort, serveManagement } from './management-port.js';
import { sendProblem, toLockstepError } from './problem.js';
import { answerWithRequestIds, requestIds } from './request-ids.js';
import { observeRequests } from './request-observer.js';
import { isStreamed, streamBodies } from './streamed-body.js';

export interface HttpAppOptions {
  readonly logger: Logger;
  /** Larger bodies are answered with 413. */
  readonly maxBodyBytes: number;
  /** `streams`: bodies of any type, size and encoding stay unread in `request.raw`. Default: JSON as bytes, in plain UTF-8, and what a route takes besides. */
  readonly bodies?: 'json' | 'streams';
  /** Closes a connection without a byte for this long while an answer is made or read, in milliseconds. Default 6 minutes. */
  readonly longestSilenceMs?: number;
  /** Answers 408 to a request that takes longer to arrive, in milliseconds. Default 30 s, for `streams` 5 minutes. */
  readonly requestTimeoutMs?: number;
  /** Serves health and metrics on a port of their own. Default: metrics are served with everything else. */
  readonly management?: ManagementPort | undefined;
  /** Called when Nest logs an error. */
  readonly onFrameworkError?: () => void;
}

/** A whole request has a few hundred kilobytes; `streams` passes on files. */
const REQUEST_TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 300_000;
/** Above the slowest answer, the ledger's, which takes up to 5 min. */
const LONGEST_SILENCE_MS = 360_000;

/**
 * Creates the Nest application of a process, on Fastify. Errors become problem documents, and requests are measured.
 * Bodies stay bytes (`request.body` is a Buffer), which schemas parse. The application does not listen yet.
 */
export async function createHttpApp(module: DynamicModule | Type, options: HttpAppOptions): Promise<NestFastifyApplication> {
  const allowedMethods = new AllowedMethods();
  const streams = options.bodies === 'streams';
  const shedding = new LoadShedding();
  const adapter = createHttpAdapter(options, shedding);
  const instance = adapter.getInstance();
  allowedMethods.watch(instance);
  answerWhatNodeWould(instance);
  answerWithRequestIds(instance);
  instance.removeAllContentTypeParsers();
  if (streams) passAnything(instance);
  else takeJson(instance);
  streamBodies(instance);
  observeRequests(instance, options.logger);
  if (options.management !== undefined) serveManagement(instance, options.management, options.logger);
  const root: DynamicModule = 'module' in module ? module : { module };
  const http = HttpModule.of({ logger: options.logger, allowedMethods, shedding });
  return NestFactory.create<NestFastifyApplication>({ ...root, imports: [...(root.imports ?? []), http] }, adapter, {
    bodyParser: false,
    logger: new FrameworkLogger(options.logger, options.onFrameworkError),
    // The caller gets the error; by default Nest ends the process.
    abortOnError: false,
  });
}

/** How soon a closing server closes a connection after its last answer. */
const IDLE_CHECK_MS = 50;

/**
 * Cuts the connections that are open after `drainMs`, and idle ones as soon as the server is closing. Call it before the
 * server closes, because closing waits for all connections. Node and Fastify close only those that are idle at the
 * beginning; one with a request in flight would stay open for the client's next request.
 */
export function cutConnectionsAfter(server: Server, drainMs: number): void {
  const deadline = setTimeout(() => server.closeAllConnections(), drainMs).unref();
  const idleCheck = setInterval(() => {
    if (!server.listening) server.closeIdleConnections();
  }, IDLE_CHECK_MS).unref();
  server.once('close', () => {
    clearTimeout(deadline);
    clearInterval(idleCheck);
  });
}

/** Refuses new connections, answers the requests in flight for at most `drainMs`, then cuts the other connections. */
export async function closeHttpApp(app: NestFastifyApplication, drainMs: number): Promise<void> {
  cutConnectionsAfter(app.getHttpServer(), drainMs);
  await app.close();
}

/** JSON, and what a route takes besides. */
function takeJson(instance: FastifyInstance): void {
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => done(bodyRefusalOf(request) ?? null, body));
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(isStreamed(request) ? null : otherBodyRefusalOf(request) ?? null, body));
}

/** Accepts every method that Node knows, and does not read the body. */
function passAnything(instance: FastifyInstance): void {
  instance.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const unknown = METHODS.filter((method) => method !== 'CONNECT' && !instance.supportedMethods.includes(method));
  for (const method of unknown) instance.addHttpMethod(method, { hasBody: true });
}

function createHttpAdapter(options: HttpAppOptions, shedding: LoadShedding): FastifyAdapter {
  const serverOptions: FastifyServerOptions<Server> = {
    bodyLimit: options.maxBodyBytes,
    genReqId: requestIds(),
    serverFactory: (handler) => createAppServer(handler, options, shedding),
    clientErrorHandler: answerConnectionError,
    forceCloseConnections: 'idle',
    // While the process stops, requests on open connections are answered, with `connection: close`.
    return503OnClosing: false,
    trustProxy: false,
    // An entity in a path has up to 255 characters of four bytes, percent-encoded.
    routerOptions: { maxParamLength: 3_072 },
    frameworkErrors: (error, _request, reply) => sendProblem(reply, toLockstepError(error)),
  };
  // There is no Nest middleware, and without its hook a request takes less time.
  return new FastifyAdapter({ ...serverOptions, skipMiddie: true });
}

/** Fastify does not apply its own `http` and timeout options to a server from a factory, so all of them are set here. */
function createAppServer(handler: RequestListener, { maxBodyBytes, bodies, longestSilenceMs, requestTimeoutMs }: HttpAppOptions, shedding: LoadShedding): Server {
  const server = createHttpServer({
    requestTimeoutMs: requestTimeoutMs ?? (bodies === 'streams' ? UPLOAD_TIMEOUT_MS : REQUEST_TIMEOUT_MS),
    longestSilenceMs: longestSilenceMs ?? LONGEST_SILENCE_MS,
  });
  server.on('request', shedding.inFrontOf(handler, server, maxBodyBytes));
  return server;
}
