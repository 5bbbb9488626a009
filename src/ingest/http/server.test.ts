import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { AGENTS } from '../../../test/support/agent-settings.ts';
import {
  openDoor,
  OPEN_SETTINGS,
  post,
  rawSender,
  request,
} from '../../../test/support/http-ingest.ts';
import { parseAddress } from './listener.ts';
import { createHttpIngest } from './server.ts';

const ALERT = '{"rule":"R"}';
const WHOLE = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${ALERT.length}\r\n\r\n${ALERT}`;

test('listens on IPv4 and IPv6 with [::], and says where', async (t) => {
  const door = await openDoor(t, { address: '[::]:0' });
  assert.ok(door.port > 0);
  assert.equal(door.ingest.addresses()?.main.port, door.port);
  assert.equal((await request(door.port, '/ping')).status, 200);
  if (door.ingest.addresses()?.main.family === 'IPv6') {
    assert.equal((await fetch(`http://[::1]:${door.port}/ping`)).status, 200);
  }
});

test('addresses are read as people write them', () => {
  assert.deepEqual(parseAddress('[::]:2801'), { host: '::', port: 2801 });
  assert.deepEqual(parseAddress(':2801'), { host: '::', port: 2801 });
  assert.deepEqual(parseAddress('127.0.0.1:0'), { host: '127.0.0.1', port: 0 });
  assert.deepEqual(parseAddress('[fd00::1]:80'), { host: 'fd00::1', port: 80 });
  for (const bad of ['', '2801', '::', '::1:2801', 'a:b', 'a:70000', 'http://a:1']) {
    assert.throws(() => parseAddress(bad), /write host:port/, bad);
  }
});

test('a port that is taken is refused with what to do, and nothing stays open', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const ingest = createHttpIngest({
    settings: { ...OPEN_SETTINGS, address: `127.0.0.1:${port}` },
    sidekickStatus: false,
    admission: { admit: () => Promise.reject(new Error('unused')) },
    agents: () => AGENTS,
    ready: () => ({ ready: true, detail: {} }),
    metrics: () => Promise.resolve({ contentType: 'text/plain', body: '' }),
    onRejected: () => {},
    onRequest: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  await assert.rejects(ingest.listen(), /another process has this port/);
  assert.equal(ingest.addresses(), undefined);
  await ingest.close(0);
});

test('a reload puts credentials, limits and the status in force at once', async (t) => {
  const door = await openDoor(t);
  const sender = await rawSender(t, door.port);
  sender.socket.write(WHOLE);
  await sender.received(/200 OK/);
  const tokens = [{ name: 'a', token: 'secret-a' }];
  const auth = { ...OPEN_SETTINGS.auth, tokens };
  const smaller = { ...door.settings, auth, bodyBytesMax: 20, batchBytesMax: 20 };
  assert.deepEqual(await door.ingest.reload(smaller, true), []);
  sender.socket.write(WHOLE);
  await sender.received(/401 Unauthorized/);
  const headers = { authorization: 'Bearer secret-a' };
  assert.equal((await post(door.port, ALERT.padEnd(21), headers)).status, 413);
  assert.equal((await post(door.port, '{"a":1}', headers)).status, 400);
  await door.ingest.reload(door.settings, false);
  assert.equal((await post(door.port, '{"a":1}')).status, 422);
});

test('a reload names what needs a new listener and leaves it as it is', async (t) => {
  const door = await openDoor(t);
  const moved = {
    ...door.settings,
    address: '127.0.0.1:1',
    tls: { certFile: 'x', keyFile: 'x', clientAuth: 'require', clientNames: [] } as const,
    plain: { address: '127.0.0.1:0', paths: ['/ping'] },
  };
  assert.deepEqual(await door.ingest.reload(moved), [
    'ingest.http.address',
    'ingest.http.tls',
    'ingest.http.plain',
  ]);
  assert.equal((await post(door.port, ALERT)).status, 200);
  assert.deepEqual(await door.ingest.reload(door.settings), []);
});

test('as a lame duck it takes alerts, is not ready, and ends every connection', async (t) => {
  const door = await openDoor(t);
  const sender = await rawSender(t, door.port);
  sender.socket.write(WHOLE);
  assert.match(await sender.received(/200 OK.*\r\n\r\n/s), /connection: keep-alive/i);
  door.ingest.lameDuck();
  sender.socket.write(WHOLE);
  assert.match(await sender.closed(), /200 OK.*200 OK.*connection: close/is);

  const ready = await request(door.port, '/readyz');
  assert.equal(ready.status, 503);
  assert.equal((JSON.parse(ready.body) as { draining: boolean }).draining, true);
  for (const path of ['/ping', '/nowhere', '/test']) {
    const answer = await post(door.port, ALERT, {}, path);
    assert.equal(answer.headers.get('connection'), 'close', path);
  }
  assert.equal(door.admitted.length, 4);
});

test('closing answers what is under way, and takes no more', async (t) => {
  const door = await openDoor(t);
  const disk = Promise.withResolvers<void>();
  door.waitFor(disk.promise);
  const idle = await rawSender(t, door.port);
  const busy = await rawSender(t, door.port);
  busy.socket.write(`GET /ping HTTP/1.1\r\nHost: x\r\n\r\n${WHOLE}`);
  await busy.received(/pong/);
  const closed = door.ingest.close(10_000);
  await idle.closed();
  await assert.rejects(request(door.port, '/ping'));
  disk.resolve();
  assert.match(await busy.closed(), /pong\n.*200 OK/s);
  await closed;
  assert.equal(door.admitted.length, 1);
});

test('closing cuts off what does not finish in time', async (t) => {
  const door = await openDoor(t);
  const stuck = await rawSender(t, door.port);
  stuck.socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{');
  await request(door.port, '/ping');
  await door.ingest.close(50);
  await stuck.closed();
  assert.equal(door.admitted.length, 0);
});
