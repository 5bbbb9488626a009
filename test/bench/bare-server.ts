import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The baseline: reads each body, parses it, answers 200, keeps nothing. What any server in this
 * runtime must spend on an alert.
 */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString());
    response.end();
  });
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port });
});
