import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { test } from 'node:test';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { type Certificate, makeAuthority, writePem } from '../../../test/support/certificates.ts';
import { openDoor, OPEN_SETTINGS, post, request } from '../../../test/support/http-ingest.ts';
import type { HttpSettings } from './settings.ts';

const authority = makeAuthority();
const senders = makeAuthority();
const server = authority.issueLocalhost();
const falco = senders.issue({ name: 'falco', uris: ['spiffe://c/ns/sec/sa/falco'] });
const other = senders.issue({ name: 'other' });
const stranger = makeAuthority().issue({ name: 'falco' });
const ALERT = '{"rule":"R"}';

const TLS = {
  certFile: server.certFile,
  keyFile: server.keyFile,
  clientAuth: 'require',
  clientNames: [],
} satisfies HttpSettings['tls'];

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly peer: PeerCertificate;
  readonly resumed: boolean;
}

async function send(
  port: number,
  client: Certificate | undefined,
  options: RequestOptions = {},
): Promise<Answer> {
  const outgoing = httpsRequest({
    host: '127.0.0.1',
    port,
    method: 'POST',
    agent: false,
    ca: authority.cert,
    cert: client?.cert,
    key: client?.key,
    ...options,
  });
  outgoing.end(ALERT);
  const [response] = await once(outgoing, 'response');
  const socket = response.socket as TLSSocket;
  const peer = socket.getPeerCertificate();
  const resumed = socket.isSessionReused();
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body, peer, resumed };
}

test('serves TLS with HTTP/1.1 only', async (t) => {
  const door = await openDoor(t, { tls: TLS });
  assert.equal((await send(door.port, undefined)).status, 200);
  const socket = connect({
    port: door.port,
    host: '127.0.0.1',
    ca: authority.cert,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  assert.equal(socket.alpnProtocol, 'http/1.1');
});

test('a required certificate of the authority lets in, and names the sender', async (t) => {
  const tls = { ...TLS, clientCaFile: senders.certFile };
  const door = await openDoor(t, { tls });
  assert.equal((await send(door.port, falco)).status, 200);
  assert.equal((await send(door.port, other)).status, 200);
  assert.deepEqual(
    door.admitted.map(({ sender }) => sender.identity),
    ['cert:spiffe://c/ns/sec/sa/falco', 'cert:other'],
  );
  await assert.rejects(send(door.port, undefined));
  await assert.rejects(send(door.port, stranger));
  assert.equal(door.admitted.length, 2);
  assert.ok(door.rejected.some(({ code, alerts }) => code === 'tls_handshake' && alerts === 0));
});

test('a name that is not on the list is 403, and 401 without a certificate', async (t) => {
  const clientNames = ['spiffe://c/ns/*/sa/falco'];
  const tls = {
    ...TLS,
    clientCaFile: senders.certFile,
    clientAuth: 'optional',
    clientNames,
  } as const;
  const door = await openDoor(t, { tls });
  assert.equal((await send(door.port, falco)).status, 200);
  const refused = await send(door.port, other);
  assert.deepEqual(
    [refused.status, (JSON.parse(refused.body) as { code: string }).code],
    [403, 'certificate_name_not_allowed'],
  );
  assert.equal((await send(door.port, undefined)).status, 401);
  assert.equal((await send(door.port, stranger)).status, 401);
  assert.equal((await send(door.port, undefined, { method: 'GET', path: '/ping' })).status, 200);
});

test('a token stands in for an optional certificate, and comes before it', async (t) => {
  const tls = { ...TLS, clientCaFile: senders.certFile, clientAuth: 'optional' } as const;
  const auth = { ...OPEN_SETTINGS.auth, tokens: [{ name: 'node-a', token: 'secret-a' }] };
  const door = await openDoor(t, { tls, auth });
  const headers = { authorization: 'Bearer secret-a' };
  assert.equal((await send(door.port, undefined, { headers })).status, 200);
  assert.equal((await send(door.port, falco, { headers })).status, 200);
  assert.equal((await send(door.port, falco)).status, 200);
  assert.deepEqual(
    door.admitted.map(({ sender }) => sender.identity),
    ['token:node-a', 'token:node-a', 'cert:spiffe://c/ns/sec/sa/falco'],
  );
});

test('a resumed session still proves its certificate, until the authority changes', async (t) => {
  const tls = { ...TLS, clientCaFile: senders.certFile, clientAuth: 'optional' } as const;
  const door = await openDoor(t, { tls });
  const agent = new Agent({ keepAlive: false });
  const first = await send(door.port, falco, { agent });
  const second = await send(door.port, falco, { agent });
  assert.deepEqual(
    [first.status, first.resumed, second.status, second.resumed],
    [200, false, 200, true],
  );
  assert.equal(door.admitted[1]?.sender.identity, 'cert:spiffe://c/ns/sec/sa/falco');

  const clientCaFile = makeAuthority().certFile;
  await door.ingest.reload({ ...door.settings, tls: { ...tls, clientCaFile } });
  const third = await send(door.port, falco, { agent });
  assert.deepEqual([third.status, third.resumed], [401, false]);
});

test('names are put in force for open connections by a reload', async (t) => {
  const tls = { ...TLS, clientCaFile: senders.certFile };
  const door = await openDoor(t, { tls });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  assert.equal((await send(door.port, other, { agent })).status, 200);
  const changed = await door.ingest.reload({
    ...door.settings,
    tls: { ...tls, clientNames: ['falco'] },
  });
  assert.deepEqual(changed, []);
  assert.equal((await send(door.port, other, { agent })).status, 403);
});

/** A copy of the server's files that a test may overwrite. */
function ownFiles() {
  const certFile = writePem('served', server.cert);
  const keyFile = writePem('served', server.key);
  return { certFile, keyFile };
}

test('a new certificate is served at a reload, and open connections stay', async (t) => {
  const files = ownFiles();
  const door = await openDoor(t, { tls: { ...TLS, ...files } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const before = await send(door.port, undefined, { agent });

  const notAfter = new Date('2031-01-01T00:00:00Z');
  const next = authority.issueLocalhost({ notAfter });
  writeFileSync(files.certFile, next.cert);
  writeFileSync(files.keyFile, next.key);
  await door.ingest.reload(door.settings);
  assert.deepEqual(door.ingest.certificateNotAfter(), notAfter);
  const kept = await send(door.port, undefined, { agent });
  assert.equal(kept.peer.serialNumber, before.peer.serialNumber);
  const fresh = await send(door.port, undefined);
  assert.notEqual(fresh.peer.serialNumber, before.peer.serialNumber);
});

test('a reload with a broken pair is refused and changes nothing', async (t) => {
  const files = ownFiles();
  const door = await openDoor(t, { tls: { ...TLS, ...files } });
  writeFileSync(files.keyFile, authority.issueLocalhost().key);
  const tokens = [{ name: 'a', token: 'secret-a' }];
  const auth = { ...OPEN_SETTINGS.auth, tokens };
  await assert.rejects(door.ingest.reload({ ...door.settings, auth }), { code: 'tls_invalid' });
  assert.equal((await send(door.port, undefined)).status, 200);
});

test('the listed paths move to the plain listener, which serves nothing else', async (t) => {
  const plain = { address: '127.0.0.1:0', paths: ['/ping', '/metrics', '/nonsense'] };
  const door = await openDoor(t, { tls: TLS, plain });
  const get = async (path: string) =>
    (await send(door.port, undefined, { method: 'GET', path })).status;
  assert.deepEqual(
    [await get('/ping'), await get('/metrics'), await get('/healthz')],
    [405, 405, 200],
  );
  assert.equal((await request(door.plainPort, '/ping')).body, 'pong\n');
  assert.equal((await request(door.plainPort, '/metrics')).status, 200);
  assert.equal((await request(door.plainPort, '/healthz')).status, 404);
  assert.equal((await post(door.plainPort, ALERT)).status, 404);
  assert.equal((await post(door.plainPort, ALERT, {}, '/in/x')).status, 404);
  assert.equal(door.admitted.length, 0);
  assert.ok(door.logged.some(({ fields }) => JSON.stringify(fields).includes('/nonsense')));
});

test('/ on the plain listener is every path that has no route', async (t) => {
  const plain = { address: '127.0.0.1:0', paths: ['/'] };
  const door = await openDoor(t, { tls: TLS, plain });
  assert.equal((await post(door.plainPort, ALERT, {}, '/anything')).status, 200);
  assert.equal((await send(door.port, undefined)).status, 404);
});

test('a handshake that goes wrong or never ends holds nothing', async (t) => {
  const door = await openDoor(t, { tls: TLS, connectionsPerSenderMax: 3 });
  const sockets = await Promise.all(
    ['GET / HTTP/1.1\r\n\r\n', ''].map(async (bytes) => {
      const socket = connectPlain(door.port, '127.0.0.1');
      t.after(() => socket.destroy());
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(bytes);
      return socket;
    }),
  );
  const [wrong] = sockets;
  if (!wrong?.closed) await once(wrong!, 'close');
  assert.equal((await send(door.port, undefined)).status, 200);
  assert.ok(door.rejected.some(({ code }) => code === 'tls_handshake'));
  await door.ingest.close(100);
});

test('closing does not wait for connections on which no request began', async (t) => {
  const door = await openDoor(t, { tls: TLS });
  const socket = connect({ port: door.port, host: '127.0.0.1', ca: authority.cert });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  await send(door.port, undefined);
  const closed = once(socket, 'close');
  await door.ingest.close(60_000);
  await closed;
});

test('connections beyond the limit of a sender are closed before the handshake', async (t) => {
  const door = await openDoor(t, { tls: TLS, connectionsPerSenderMax: 1 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  assert.equal((await send(door.port, undefined, { agent })).status, 200);
  await assert.rejects(send(door.port, undefined));
  assert.equal(door.rejected[0]?.code, 'connections_per_sender');
  assert.equal((await send(door.port, undefined, { agent })).status, 200);
});
