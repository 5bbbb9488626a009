import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openDoor, post, rawSender, request } from '../../../test/support/http-ingest.ts';
import { until } from '../../../test/support/until.ts';

const ALERT = '{"rule":"R"}';
const WHOLE = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${ALERT.length}\r\n\r\n${ALERT}`;

/** Resolves with what came before the door closed the connection. */
async function send(
  t: Parameters<typeof rawSender>[0],
  port: number,
  ...parts: string[]
): Promise<string> {
  const sender = await rawSender(t, port);
  for (const part of parts) sender.socket.write(part, 'latin1');
  return sender.closed();
}

test('what is no HTTP is 400 and closed', async (t) => {
  const door = await openDoor(t);
  const garbage = [
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'POST / HTTP/9.9\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
    'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  ];
  for (const bytes of garbage) {
    const answer = await send(t, door.port, bytes);
    assert.match(answer, /^HTTP\/1\.1 400 .*Connection: close.*"bad_request"/s, bytes);
  }
  assert.equal(door.admitted.length, 0);
  assert.equal(door.rejected.length, garbage.length);
  assert.equal((await request(door.port, '/ping')).status, 200);
});

test('headers above 16 KiB are 431', async (t) => {
  const door = await openDoor(t);
  const answer = await send(t, door.port, `POST / HTTP/1.1\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`);
  assert.match(answer, /^HTTP\/1\.1 431 .*"headers_too_large"/s);
});

test('headers that come byte by byte end with 408', async (t) => {
  const door = await openDoor(t, { requestTimeout: 1000 });
  const sender = await rawSender(t, door.port);
  const drip = setInterval(() => sender.socket.write('X'), 20);
  t.after(() => clearInterval(drip));
  sender.socket.write('POST / HTTP/1.1\r\nX-Slow: ');
  assert.match(await sender.closed(), /^HTTP\/1\.1 408 .*"request_timeout"/s);
  assert.deepEqual(
    door.rejected.map(({ code }) => code),
    ['request_timeout'],
  );
});

test('a connection on which nothing ever comes is closed, and is no request', async (t) => {
  const door = await openDoor(t, { requestTimeout: 1000 });
  const sender = await rawSender(t, door.port);
  assert.equal(await sender.closed(), '');
  assert.deepEqual([door.rejected, door.requests], [[], []]);
});

test('a body that stalls ends with 408, counted once', async (t) => {
  const door = await openDoor(t, { requestTimeout: 1000 });
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n{';
  assert.match(await send(t, door.port, head), /^HTTP\/1\.1 408 .*"request_timeout"/s);
  assert.deepEqual(
    door.rejected.map(({ code }) => code),
    ['request_timeout'],
  );
  assert.deepEqual(door.requests, [{ accepted: false }]);
});

test('a sender that stalls after it was answered is cut off without a second answer', async (t) => {
  const door = await openDoor(t, { requestTimeout: 1000 });
  const answer = await send(
    t,
    door.port,
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{',
  );
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1);
});

test('a body that is shorter than its headers say is refused', async (t) => {
  const door = await openDoor(t);
  const sender = await rawSender(t, door.port);
  sender.socket.end('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n{"rule":"R"}');
  await sender.closed();
  await request(door.port, '/ping');
  assert.equal(door.admitted.length, 0);
  assert.deepEqual(door.requests, [{ accepted: false }]);
});

test('a sender that asks for an upgrade and ends in the middle is not waited for', async (t) => {
  const door = await openDoor(t);
  const sender = await rawSender(t, door.port);
  sender.socket.end(
    'POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\nContent-Length: 5\r\n\r\n{',
  );
  await sender.closed();
  await until(() => door.rejected.length === 1);
  assert.equal(door.rejected[0]?.code, 'aborted');
});

test('a sender that resets in the middle of its body costs nothing but a count', async (t) => {
  const door = await openDoor(t);
  const sender = await rawSender(t, door.port);
  sender.socket.write(
    'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99\r\n\r\n',
  );
  await sender.received(/100 Continue/);
  sender.socket.resetAndDestroy();
  while (door.rejected.length === 0) await request(door.port, '/ping');
  assert.equal(door.rejected[0]?.code, 'aborted');
  assert.deepEqual(
    door.logged.filter(({ text }) => text === 'a request failed'),
    [],
  );
});

test('requests in one segment are answered in order', async (t) => {
  const door = await openDoor(t);
  const sender = await rawSender(t, door.port);
  sender.socket.write(`${WHOLE}GET /ping HTTP/1.1\r\nHost: x\r\n\r\n${WHOLE}`);
  const answers = await sender.received(/pong\n.*200 OK.*\r\n\r\n$/s);
  assert.equal(answers.match(/HTTP\/1\.1 200/g)?.length, 3);
});

test('garbage behind a request under way does not take that request its answer', async (t) => {
  const door = await openDoor(t);
  const disk = Promise.withResolvers<void>();
  door.waitFor(disk.promise);
  const sender = await rawSender(t, door.port);
  sender.socket.write(`${WHOLE}garbage\r\n\r\n`);
  const text = await sender.closed();
  // The answer of the first is still to come, so nothing may be written in its place.
  assert.equal(text, '');
  disk.resolve();
  while (door.admitted.length === 0) await request(door.port, '/ping');
});

test('a sender that closes its side behind a request still gets its answer', async (t) => {
  const door = await openDoor(t);
  const disk = Promise.withResolvers<void>();
  door.waitFor(disk.promise);
  const sender = await rawSender(t, door.port);
  sender.socket.end(WHOLE);
  await request(door.port, '/ping');
  disk.resolve();
  assert.match(await sender.closed(), /^HTTP\/1\.1 200 /);
});

test('a connection that is silent for longer than a request may take stays open', async (t) => {
  const door = await openDoor(t, { requestTimeout: 500 });
  const sender = await rawSender(t, door.port);
  sender.socket.write(WHOLE);
  await sender.received(/200 OK/);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  sender.socket.write(WHOLE);
  await sender.received(/200 OK.*200 OK/s);
});

test('one address gets so many connections, and a new one when it closes one', async (t) => {
  const door = await openDoor(t, { connectionsPerSenderMax: 2 });
  const first = await rawSender(t, door.port);
  const second = await rawSender(t, door.port);
  for (const sender of [first, second]) {
    sender.socket.write(WHOLE);
    await sender.received(/200 OK/);
  }
  assert.equal(await send(t, door.port, WHOLE), '');
  assert.deepEqual(door.rejected, [
    { code: 'connections_per_sender', alerts: 0, sender: { input: 'http', peer: '127.0.0.1' } },
  ]);

  first.socket.destroy();
  await once(first.socket, 'close');
  let taken = '';
  while (!taken.includes('200 OK')) {
    const third = await rawSender(t, door.port);
    third.socket.write(WHOLE.replace('Host', 'Connection: close\r\nHost'));
    taken = await third.closed();
  }
});

test('connectionsMax bounds all connections together', async (t) => {
  const door = await openDoor(t, { connectionsMax: 1 });
  const first = await rawSender(t, door.port);
  first.socket.write(WHOLE);
  await first.received(/200 OK/);
  assert.equal(await send(t, door.port, WHOLE), '');
  assert.equal(door.rejected[0]?.code, 'connections_max');
});

test('many senders at once all get their answer', async (t) => {
  const door = await openDoor(t, { connectionsMax: 300, connectionsPerSenderMax: 300 });
  const answers = await Promise.all(Array.from({ length: 200 }, () => post(door.port, ALERT)));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(door.admitted.length, 200);
});
