/**
 * A process of its own that deliveries go to: answers 200 and remembers what arrived, in order.
 *
 *   POST /hook            an event; the arrival is recorded. `?failFirst=2` answers the first two tries of each event
 *                         with 500 (not recorded), `?delayMs=50` answers later
 *   GET /stats            {"arrivals", "distinct", "lastMs"}
 *   GET /arrivals         `key,arrivedMs,entity,number` a line, by the machine's monotonic clock
 *   POST /reset           forgets all
 * Prints `{"port":N}` when it listens (PORT, or a free one).
 */
import net from 'node:net';
import { nowMs } from './clock.mjs';
import { HttpMessages } from './http-messages.mjs';

let arrivals = [];
let distinct = new Set();
let tries = new Map();

function receive(body, { failFirst, delayMs }, respond) {
  const arrivedMs = nowMs();
  const { id, entity, number } = JSON.parse(body).data.object;
  const answer = () => {
    if (failFirst > 0) {
      const tried = (tries.get(id) ?? 0) + 1;
      tries.set(id, tried);
      if (tried <= failFirst) return respond('500 Internal Server Error', 'no');
    }
    arrivals.push({ id, arrivedMs, entity, number });
    distinct.add(id);
    respond('200 OK', 'ok');
  };
  if (delayMs > 0) setTimeout(answer, delayMs);
  else answer();
}

const routes = {
  'GET /stats': () => JSON.stringify({ arrivals: arrivals.length, distinct: distinct.size, lastMs: arrivals.at(-1)?.arrivedMs }),
  'GET /arrivals': () => arrivals.map(({ id, arrivedMs, entity, number }) => `${id},${arrivedMs.toFixed(3)},${entity},${number}\n`).join(''),
  'POST /reset': () => {
    arrivals = [];
    distinct = new Set();
    tries = new Map();
    return 'ok';
  },
};

const server = net.createServer({ noDelay: true }, (socket) => {
  const respond = (status, body) => socket.write(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1');
  const messages = new HttpMessages((head, body) => {
    const [method, target] = head.split(' ', 2);
    const [path, query] = target.split('?', 2);
    const route = routes[`${method} ${path}`];
    if (path === '/hook') receive(body, query === undefined ? {} : numbersOf(query), respond);
    else if (route !== undefined) respond('200 OK', route());
    else respond('404 Not Found', '');
  });
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => messages.push(chunk));
  // A sender that goes away is no error of ours.
  socket.on('error', () => socket.destroy());
});

function numbersOf(query) {
  return Object.fromEntries([...new URLSearchParams(query)].map(([name, value]) => [name, Number(value)]));
}

// Started by bench/run.mjs: ends with it.
process.on('disconnect', () => process.exit(0));
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(JSON.stringify({ port: server.address().port }));
  process.send?.('ready');
});
