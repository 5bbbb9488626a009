import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { parseLossless } from '../../src/json.ts';
import { connectionContract } from '../../test/contract/connection-contract.ts';
import { openDoor } from '../../test/support/grpc-ingest.ts';
import { openOutput } from '../../test/support/tocsin-output.ts';

connectionContract('tocsin', {
  async connect(t) {
    const { admission, target } = await openDoor(t);
    return {
      connection: await openOutput(t, { address: target, plaintext: true }),
      check(deliveries) {
        const sent = deliveries.map(({ json }) => JSON.stringify(parseLossless(json)));
        const arrived = admission.documents().map((document) => JSON.stringify(document));
        assert.ok(arrived.join('\n') === sent.join('\n'));
      },
    };
  },
  async connectToHung(t) {
    const server = createServer((socket) => socket.on('error', () => {}).resume());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    return openOutput(t, { address: `127.0.0.1:${port}`, plaintext: true });
  },
});
