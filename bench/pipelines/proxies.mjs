import path from 'node:path';
import { appFlags, startBuiltApp } from '../harness/built-app.mjs';
import { createGround } from '../harness/grounds.mjs';
import { startProgram } from '../harness/processes.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';

/** The idempotency proxy and a bare one, each in front of the receiver: pipelines whose events are requests. */
export const PROXIES = { product: startIdempotencyProxy, bare: startBareProxy };

/** As it is deployed, built and with its defaults. */
async function startIdempotencyProxy(bench) {
  const ground = await createGround(bench.servers, 'product_proxy');
  const env = { ...envOf(bench), DATABASE_URL: ground.databaseUrl };
  const program = await startBuiltApp({ app: 'proxy', name: `product-proxy-${ground.id}`, env, folder: bench.folder, port: await bench.freePort() });
  return pipelineOf('product', ground, program);
}

/** With the product's flags of Node, so that these make no difference. Its database stays empty. */
async function startBareProxy(bench) {
  const ground = await createGround(bench.servers, 'bare_proxy');
  const port = await bench.freePort();
  const program = startProgram({
    name: `bare-proxy-${ground.id}`,
    file: path.join(import.meta.dirname, 'bare', 'proxy.mjs'),
    env: { ...envOf(bench), PORT: String(port) },
    folder: bench.folder,
    nodeFlags: await appFlags(),
  });
  await program.whenReady(program.hasReported);
  return pipelineOf('bare', ground, { ...program, url: `http://127.0.0.1:${port}` });
}

function envOf({ receiver }) {
  return { PATH: process.env.PATH, NODE_ENV: 'production', UPSTREAM_URL: receiver.urlOf('') };
}

function pipelineOf(name, ground, { pid, url, stop }) {
  let answered = 0;
  return {
    name,
    ground,
    pids: { proxy: pid },
    loadArguments: ['--url', `${url}${MAIN_HOOK}`],
    /** Whoever loads it says so: a request without a key leaves no trace, nor does an answer from the store. */
    noteAnswered: (requests) => (answered += requests),
    countEvents: async () => answered,
    stop,
  };
}
