import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Takes deliveries, as single alerts or as NDJSON, answers 200 after so many milliseconds, and says
 * so when it has had as many alerts as it was told to expect.
 */
const delayMs = Number(process.argv[2] ?? 0);
const LINE_FEED = 0x0a;

let received = 0;
let expected = Number.POSITIVE_INFINITY;

function count(alerts: number): void {
  received += alerts;
  if (received < expected) return;
  expected = Number.POSITIVE_INFINITY;
  process.send?.({ kind: 'received' });
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
    count(last === LINE_FEED ? lines : lines + 1);
    if (delayMs === 0) response.end();
    else setTimeout(() => response.end(), delayMs);
  });
});

process.on('message', (message: { expect: number }) => {
  received = 0;
  expected = message.expect;
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port });
});
