import { createServer, request } from 'node:https';
import type { TestContext } from 'node:test';
import { listen } from '../support/http-destination.ts';
import { makeAuthority } from '../support/certificates.ts';
import type { Cluster } from './cluster.ts';

/** As much of a node as the API server needs to pass an exec on: it accepts every one, and ends it. */

const SWITCHING = [
  'HTTP/1.1 101 Switching Protocols',
  'connection: Upgrade',
  'upgrade: SPDY/3.1',
  'x-stream-protocol-version: v4.channel.k8s.io',
  '',
  '',
].join('\r\n');

/** Makes a node with this name, and a kubelet for it. */
export async function startNode(t: TestContext, cluster: Cluster, name: string): Promise<void> {
  const { cert, key } = makeAuthority().issueLocalhost();
  const server = createServer({ cert, key });
  server.on('upgrade', (_request, socket) => socket.end(SWITCHING));
  const port = await listen(t, server);
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
  await cluster.kubectl('create -f -', node);
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  await cluster.kubectl('replace --subresource=status -f -', { ...node, status });
}

/** Asks the API server for an exec, as kubectl does. Resolves to the status of its answer. */
export function exec({ url, ca, token }: Cluster, pod: string, command: string): Promise<number> {
  const query = new URLSearchParams({ stdout: 'true' });
  for (const word of command.split(' ')) query.append('command', word);
  const headers = {
    authorization: `Bearer ${token}`,
    connection: 'Upgrade',
    upgrade: 'SPDY/3.1',
    'x-stream-protocol-version': 'v4.channel.k8s.io',
  };
  const path = `${url}/api/v1/namespaces/${pod.replace('/', '/pods/')}/exec?${query.toString()}`;
  return new Promise((resolve, reject) => {
    const asking = request(path, { method: 'POST', ca, headers });
    asking.once('error', reject);
    asking.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asking.once('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy();
      resolve(statusCode);
    });
    asking.end();
  });
}
