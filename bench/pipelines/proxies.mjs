import path from 'node:path';
import { startBuiltApp } from '../harness/built-app.mjs';
import { freePort, loadNodeFlags } from '../harness/built-code.mjs';
import { createPipelineData } from '../harness/pipeline-data.mjs';
import { startProgram } from '../harness/processes.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';

/** The idempotency proxy and a bare proxy, each in front of the receiver. An event is a request here. */
export const PROXIES = { product: startIdempotencyProxy, bare: startBareProxy };

/** As it is deployed: built, and with its default configuration. */
async function startIdempotencyProxy(bench) {
  const data = await createPipelineData(bench.servers, 'product_proxy');
  const env = { ...envOf(bench), DATABASE_URL: data.databaseUrl };
  const program = await startBuiltApp({ app: 'proxy', name: `product-proxy-${data.id}`, env, folder: bench.folder, port: await freePort() });
  return pipelineOf('product', data, program);
}

/** With the same flags of Node as the product, so that they make no difference. Its database stays empty. */
async function startBareProxy(bench) {
  const data = await createPipelineData(bench.servers, 'bare_proxy');
  const port = await freePort();
  const program = startProgram({
    name: `bare-proxy-${data.id}`,
    file: path.join(import.meta.dirname, 'bare', 'proxy.mjs'),
    env: { ...envOf(bench), PORT: String(port) },
    folder: bench.folder,
    nodeFlags: await loadNodeFlags(),
  });
  await program.whenReady(program.hasReported);
  return pipelineOf('bare', data, { ...program, url: `http://127.0.0.1:${port}` });
}

function envOf({ receiver }) {
  return { PATH: process.env.PATH, NODE_ENV: 'production', UPSTREAM_URL: receiver.urlOf('') };
}

function pipelineOf(name, data, { pid, url, stop }) {
  let answered = 0;
  return {
    name,
    data,
    pids: { proxy: pid },
    loadArguments: ['--url', `${url}${MAIN_HOOK}`],
    /** The scenario must call this. The database cannot tell, because keyless and replayed requests leave no row. */
    noteAnswered: (requests) => (answered += requests),
    countEvents: async () => answered,
    stop,
  };
}
