/**
 * The receiver of deliveries, a process of its own. It answers 200 and records arrivals in their order.
 *
 *   POST /hook…           an event; its arrival at this hook (the whole path) is recorded, unless the answer is 500
 *   POST /behave          `{"hook","delayMs","failEvery","fails","silent"}` sets how the hook answers: after a delay, every
 *                         n-th time with 500, always with 500, never; a member that is absent has its default
 *   GET /stats?hook=…     {"arrivals", "distinct"}
 *   GET /arrivals?hook=…  `key,arrivedMs,entity,number` per line; times are of the machine's monotonic clock
 *   POST /reset           forgets all arrivals
 * Prints `{"port":N}` when it listens (on PORT, or on a free port).
 */
import net from 'node:net';
import { nowMs } from './clock.mjs';
import { HttpMessages } from './http-messages.mjs';

const hooks = new Map();

function hookOf(path) {
  let hook = hooks.get(path);
  if (hook === undefined) hooks.set(path, (hook = { arrivals: [], distinct: new Set(), requests: 0, behaviour: {} }));
  return hook;
}

function receive(hook, body, respond) {
  const arrivedMs = nowMs();
  const { id, entity, number } = JSON.parse(body).data.object;
  const { delayMs = 0, failEvery = Infinity, fails = false, silent = false } = hook.behaviour;
  hook.requests++;
  const failed = fails || hook.requests % failEvery === 0;
  if (silent) return;
  const answer = () => {
    if (failed) return respond('500 Internal Server Error', 'no');
    hook.arrivals.push({ id, arrivedMs, entity, number });
    hook.distinct.add(id);
    respond('200 OK', 'ok');
  };
  if (delayMs > 0) setTimeout(answer, delayMs);
  else answer();
}

const routes = {
  'GET /stats': (query) => {
    const { arrivals, distinct } = hookOf(query.get('hook'));
    return JSON.stringify({ arrivals: arrivals.length, distinct: distinct.size });
  },
  'GET /arrivals': (query) => hookOf(query.get('hook')).arrivals.map(({ id, arrivedMs, entity, number }) => `${id},${arrivedMs.toFixed(3)},${entity},${number}\n`).join(''),
  'POST /behave': (_query, body) => {
    const { hook, ...behaviour } = JSON.parse(body);
    hookOf(hook).behaviour = behaviour;
    return 'ok';
  },
  'POST /reset': () => {
    for (const hook of hooks.values()) Object.assign(hook, { arrivals: [], distinct: new Set() });
    return 'ok';
  },
};

const server = net.createServer({ noDelay: true }, (socket) => {
  const respond = (status, body) => socket.write(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1');
  const messages = new HttpMessages((head, body) => {
    const [method, target] = head.split(' ', 2);
    const [path, query] = target.split('?', 2);
    const route = routes[`${method} ${path}`];
    if (path.startsWith('/hook')) receive(hookOf(path), body, respond);
    else if (route !== undefined) respond('200 OK', route(new URLSearchParams(query), body));
    else respond('404 Not Found', '');
  });
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => messages.push(chunk));
  // A sender may close its connection at any time.
  socket.on('error', () => socket.destroy());
});

// The channel closes when the bench that started this process ends.
process.on('disconnect', () => process.exit(0));
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(JSON.stringify({ port: server.address().port }));
  process.send?.('ready');
});
