import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Takes deliveries, as single alerts, as NDJSON or as bulk requests of Elasticsearch's, answers 200
 * after so many milliseconds, and says so when it has had as many alerts as it was told to expect.
 */
const delayMs = Number(process.argv[2] ?? 0);
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

function bulkAnswer(alerts: number): string {
  return `{"errors":false,"items":[${Array.from({ length: alerts }, () => CREATED).join()}]}`;
}

const server = createServer((request, response) => {
  let lines = 0;
  let last = 0;
  request.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1))
      lines++;
    last = chunk[chunk.length - 1] as number;
  });
  request.on('end', () => {
    const isBulk = request.url?.startsWith('/_bulk') === true;
    const alerts = isBulk ? lines / 2 : last === LINE_FEED ? lines : lines + 1;
    count(alerts);
    const answer = isBulk ? bulkAnswer(alerts) : '';
    if (isBulk) response.setHeader('content-type', 'application/json');
    if (delayMs === 0) response.end(answer);
    else setTimeout(() => response.end(answer), delayMs);
  });
});

process.on('message', (message: { expect: number }) => {
  received = 0;
  expected = message.expect;
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port });
});
