import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Takes deliveries, as single alerts, as NDJSON, as bulk requests of Elasticsearch's or as messages
 * of Slack's (`/slack`), answers 200 after so many milliseconds, and says so when it has had as many
 * alerts as it was told to expect.
 */
const delayMs = Number(process.argv[2] ?? 0);
const port = Number(process.argv[3] ?? 0);
const LINE_FEED = 0x0a;
const CREATED = '{"create":{"status":201}}';

let received = 0;
let expected = Number.POSITIVE_INFINITY;

function count(alerts: number): void {
  received += alerts;
  if (received < expected) return;
  expected = Number.POSITIVE_INFINITY;
  process.send?.({ kind: 'received' });
}

/** How many alerts a body holds, and what its destination answers. */
interface Taken {
  readonly alerts: number;
  readonly answer: string;
  readonly type: string;
}

const JSON_TYPE = 'application/json';

function take(path: string, body: Buffer): Taken {
  if (path.startsWith('/slack')) {
    return { alerts: alertsOfSlack(body), answer: 'ok', type: 'text/plain' };
  }
  const lines = linesOf(body);
  if (!path.startsWith('/_bulk')) return { alerts: lines, answer: '', type: JSON_TYPE };
  const items = Array.from({ length: lines / 2 }, () => CREATED).join();
  return { alerts: lines / 2, answer: `{"errors":false,"items":[${items}]}`, type: JSON_TYPE };
}

/** `10 alerts, and 212 more: …`; a message of one alert says no number. */
function alertsOfSlack(body: Buffer): number {
  const { text = '' } = JSON.parse(body.toString()) as { text?: string };
  const [, shown = '1', more = '0'] = /^(\d+) alerts?(?:, and (\d+) more)?/.exec(text) ?? [];
  return Number(shown) + Number(more);
}

/** The last need not be ended. */
function linesOf(body: Buffer): number {
  let lines = 0;
  for (let at = body.indexOf(LINE_FEED); at !== -1; at = body.indexOf(LINE_FEED, at + 1)) lines++;
  return body.at(-1) === LINE_FEED ? lines : lines + 1;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { alerts, answer, type } = take(request.url ?? '/', Buffer.concat(chunks));
    count(alerts);
    response.setHeader('content-type', type);
    if (delayMs === 0) response.end(answer);
    else setTimeout(() => response.end(answer), delayMs);
  });
});

process.on('message', (message: { expect: number }) => {
  received = 0;
  expected = message.expect;
});
server.listen(port, '127.0.0.1', () => {
  process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port });
});
