import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { test, type TestContext } from 'node:test';
import { ChannelCredentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import {
  type Authority,
  type Certificate,
  makeAuthority,
  writePem,
} from '../../../test/support/certificates.ts';
import {
  connect,
  openDoor,
  type TestClient,
  type TestDoor,
  wireAlert,
} from '../../../test/support/grpc-ingest.ts';
import type { GrpcSettings } from './server.ts';

const TOKEN = 'a-token-of-a-node';
const TOKENS = { tokens: [{ name: 'node-1', token: TOKEN, tokenNext: 'the-token-after-it' }] };

function bearer(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

/** OK, or the status the call ended with. */
async function tryBatch(client: TestClient, metadata?: Metadata): Promise<string> {
  try {
    await client.pushBatch([wireAlert()], metadata);
    return 'OK';
  } catch (error) {
    return status[(error as ServiceError).code];
  }
}

async function tryPush(client: TestClient, metadata?: Metadata): Promise<string> {
  const stream = client.push(metadata);
  stream.send(1, wireAlert());
  stream.call.end();
  return status[(await stream.status).code]!;
}

test('without authentication everybody may send, and it is warned of once', async (t) => {
  const warnings: string[] = [];
  const log = {
    info: () => {},
    error: () => {},
    warn: (_: object, text: string) => warnings.push(text),
  };
  const { admission, ingest, target } = await openDoor(t, { log });
  assert.equal(await tryBatch(connect(t, target), bearer('whatever')), 'OK');
  assert.deepEqual(admission.calls[0]?.sender, { input: 'grpc', peer: '127.0.0.1' });
  assert.equal(warnings.length, 1);
  assert.equal(ingest.authenticated(), false);
});

test('with tokens a call must bring one of them, which says who sends', async (t) => {
  const settings = { address: '127.0.0.1:0', auth: TOKENS };
  const { admission, ingest, rejected, target } = await openDoor(t, { settings });
  const client = connect(t, target);
  for (const [metadata, expected] of [
    [bearer(TOKEN), 'OK'],
    [bearer('the-token-after-it'), 'OK'],
    [bearer('another-token'), 'UNAUTHENTICATED'],
    [bearer(''), 'UNAUTHENTICATED'],
    [undefined, 'UNAUTHENTICATED'],
  ] as const) {
    assert.equal(await tryBatch(client, metadata), expected);
    assert.equal(await tryPush(client, metadata), expected);
  }
  assert.equal(ingest.authenticated(), true);
  assert.equal(admission.calls.length, 4);
  assert.ok(admission.calls.every(({ sender }) => sender.identity === 'token:node-1'));
  assert.equal(rejected.length, 6);
  assert.ok(rejected.every(({ code }) => code === 'unauthenticated'));
});

interface Tls {
  readonly authority: Authority;
  readonly server: Certificate;
  readonly settings: GrpcSettings;
}

function tlsSettings(changes: object = {}, auth: GrpcSettings['auth'] = { tokens: [] }): Tls {
  const authority = makeAuthority();
  const server = authority.issueLocalhost();
  const tls = {
    certFile: server.certFile,
    keyFile: server.keyFile,
    clientCaFile: authority.certFile,
    clientAuth: 'require' as const,
    clientNames: ['*.nodes.example.org'],
    ...changes,
  };
  return { authority, server, settings: { address: '127.0.0.1:0', auth, tls } };
}

function secureClient(
  t: TestContext,
  { target }: TestDoor,
  authority: Authority,
  own?: Certificate,
): TestClient {
  const credentials = ChannelCredentials.createSsl(
    Buffer.from(authority.cert),
    own && Buffer.from(own.key),
    own && Buffer.from(own.cert),
  );
  return connect(t, target, credentials);
}

test('with mutual TLS a certificate on the list says who sends', async (t) => {
  const { authority, settings } = tlsSettings();
  const door = await openDoor(t, { settings });
  const listed = authority.issue({ name: 'x', hosts: ['n1.nodes.example.org'] });
  const unlisted = authority.issue({ name: 'n1.nodes.example.org', hosts: ['n1.example.org'] });
  const foreign = makeAuthority().issue({ name: 'x', hosts: ['n1.nodes.example.org'] });
  assert.equal(await tryPush(secureClient(t, door, authority, listed)), 'OK');
  assert.equal(await tryPush(secureClient(t, door, authority, unlisted)), 'PERMISSION_DENIED');
  assert.equal(await tryPush(secureClient(t, door, authority, foreign)), 'UNAVAILABLE');
  assert.equal(await tryPush(secureClient(t, door, authority)), 'UNAVAILABLE');
  assert.equal(await tryPush(connect(t, door.target)), 'UNAVAILABLE');
  assert.deepEqual(
    door.admission.calls.map(({ sender }) => sender.identity),
    ['cert:n1.nodes.example.org'],
  );
  assert.ok(door.rejected.some(({ code, alerts }) => code === 'tls_handshake' && alerts === 0));
});

test('where a certificate is optional, a token does as well', async (t) => {
  const { authority, settings } = tlsSettings({ clientAuth: 'optional' }, TOKENS);
  const door = await openDoor(t, { settings });
  const client = secureClient(t, door, authority);
  const foreign = makeAuthority().issue({ name: 'x', hosts: ['n1.nodes.example.org'] });
  assert.equal(await tryPush(client, bearer(TOKEN)), 'OK');
  assert.equal(await tryPush(client), 'UNAUTHENTICATED');
  assert.equal(await tryPush(secureClient(t, door, authority, foreign)), 'UNAUTHENTICATED');
});

test('a new certificate is served without a restart, open streams go on', async (t) => {
  const { authority, settings } = tlsSettings({ clientCaFile: undefined });
  const door = await openDoor(t, { settings });
  const before = secureClient(t, door, authority);
  const stream = before.push();
  await stream.ack(() => true);
  const next = makeAuthority();
  const renewed = next.issueLocalhost({ notAfter: new Date('2039-01-01T00:00:00Z') });
  copyFileSync(renewed.certFile, settings.tls!.certFile);
  copyFileSync(renewed.keyFile, settings.tls!.keyFile);
  assert.deepEqual(await door.ingest.reload(settings), []);
  assert.equal(door.ingest.certificateNotAfter()?.getUTCFullYear(), 2039);
  assert.equal(await tryPush(secureClient(t, door, next)), 'OK');
  assert.equal(await tryPush(secureClient(t, door, makeAuthority())), 'UNAVAILABLE');
  stream.send(1, wireAlert());
  await stream.ack(({ acked_through }) => acked_through === '1');
});

test('a certificate that cannot be served changes nothing', async (t) => {
  const { authority, settings } = tlsSettings({ clientCaFile: undefined });
  const door = await openDoor(t, { settings });
  const broken = { ...settings.tls!, certFile: writePem('cert', 'nonsense') };
  await assert.rejects(door.ingest.reload({ ...settings, auth: TOKENS, tls: broken }), {
    code: 'tls_invalid',
  });
  assert.equal(await tryPush(secureClient(t, door, authority)), 'OK');
});

test('a reload names what only a restart can change', async (t) => {
  const { ingest } = await openDoor(t);
  const settings = { address: '127.0.0.1:9', auth: { tokens: [] } };
  assert.deepEqual(await ingest.reload(settings), ['ingest.grpc.address']);
});

test('metadata over 16 KiB is refused', async (t) => {
  const { target } = await openDoor(t);
  const metadata = new Metadata();
  metadata.set('x-large', 'x'.repeat(17 * 1024));
  assert.equal(await tryBatch(connect(t, target), metadata), 'RESOURCE_EXHAUSTED');
});

test('one sender has at most 64 streams, and each that ends makes room', async (t) => {
  const { rejected, target } = await openDoor(t);
  const client = connect(t, target);
  const streams = Array.from({ length: 64 }, () => client.push());
  await Promise.all(streams.map((stream) => stream.ack(() => true)));
  assert.equal((await client.push().status).code, status.RESOURCE_EXHAUSTED);
  assert.equal(rejected[0]?.code, 'too_many_calls');
  streams[0]?.call.end();
  await streams[0]?.status;
  assert.equal(await tryPush(client), 'OK');
});

test('what is no such service, and what is no gRPC at all, does no harm', async (t) => {
  const { target } = await openDoor(t);
  const client = connect(t, target);
  const unknown = Promise.withResolvers<status>();
  const call = client.ingest.makeUnaryRequest(
    '/tocsin.ingest.v1.AlertIngest/Nö%0d',
    (bytes: Buffer) => bytes,
    (bytes) => bytes,
    Buffer.alloc(0),
    (error) => unknown.resolve(error!.code),
  );
  call.on('error', () => {});
  assert.ok([status.UNIMPLEMENTED, status.INTERNAL].includes(await unknown.promise));

  const [host, port] = target.split(':') as [string, string];
  const garbage = connectTcp(Number(port), host, () => garbage.write('GET / HTTP/1.1\r\n\r\n'));
  garbage.on('error', () => {}).resume();
  await once(garbage, 'close');

  const session = connectHttp2(`http://${target}`);
  t.after(() => session.close());
  for (const contentType of ['text/plain', 'application/grpc']) {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/tocsin.ingest.v1.AlertIngest/Push',
      'content-type': contentType,
      'grpc-timeout': contentType === 'text/plain' ? '1S' : '\u00e9',
    });
    stream.on('error', () => {});
    stream.end(Buffer.from([0xff, 0, 0, 0, 1, 7]));
    stream.resume();
    await once(stream, 'close');
  }
  assert.equal(await tryBatch(client), 'OK');
});

test('a request over 4 MiB ends a stream also where nothing comes after it', async (t) => {
  const { target } = await openDoor(t);
  const session = connectHttp2(`http://${target}`);
  t.after(() => session.close());
  const stream = session.request({
    ':method': 'POST',
    ':path': '/tocsin.ingest.v1.AlertIngest/Push',
    'content-type': 'application/grpc',
  });
  const trailers = once(stream, 'trailers', { signal: AbortSignal.timeout(60_000) });
  stream.resume().end(Buffer.from([0, 0x7f, 0, 0, 0, 1]));
  const [{ 'grpc-status': code }] = (await trailers) as [Record<string, unknown>];
  assert.equal(Number(code), status.RESOURCE_EXHAUSTED);
  await once(stream, 'close');
});

test('closing ends what is under way after its grace', async (t) => {
  const { ingest, target } = await openDoor(t);
  const stream = connect(t, target).push();
  await stream.ack(() => true);
  const idle = connectTcp(Number(target.split(':')[1]), '127.0.0.1');
  await once(idle, 'connect');
  const closed = once(idle, 'close');
  idle.on('error', () => {}).resume();
  await ingest.close(100);
  await closed;
  assert.equal((await stream.status).code, status.UNAVAILABLE);
  assert.equal(await tryBatch(connect(t, target)), 'UNAVAILABLE');
});

test('an address that is taken is refused with what to do', async (t) => {
  const { target } = await openDoor(t);
  await assert.rejects(
    openDoor(t, { settings: { address: target, auth: { tokens: [] } } }),
    /listen on .*another process/,
  );
});
