import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { openDoor, post, rawSender } from '../../../test/support/http-ingest.ts';

const ALERT = '{"rule":"R","priority":"Warning"}';

/** An alert of so many bytes; it compresses well. */
function alertOf(bytes: number): string {
  return `{"rule":"${'r'.repeat(bytes - 11)}"}`;
}

function expecting(length: number): string {
  return `POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
}

function codeOf(body: string): string {
  return (JSON.parse(body) as { code: string }).code;
}

test('compressed bodies are taken in every encoding that is offered', async (t) => {
  const door = await openDoor(t);
  const bodies: [string, Buffer<ArrayBuffer>][] = [
    ['gzip', gzipSync(ALERT)],
    ['X-GZIP', gzipSync(ALERT)],
    ['deflate', deflateSync(ALERT)],
    ['br', brotliCompressSync(ALERT)],
    ['identity', Buffer.from(ALERT)],
    ['', Buffer.from(ALERT)],
  ];
  for (const [encoding, body] of bodies) {
    const answer = await post(door.port, body, { 'content-encoding': encoding });
    assert.deepEqual([encoding, answer.status], [encoding, 200]);
  }
  assert.equal(door.admitted.length, bodies.length);
});

test('an encoding nobody knows is 415 and says which are', async (t) => {
  const door = await openDoor(t);
  for (const encoding of ['compress', 'gzip, br', 'constructor', '__proto__']) {
    const answer = await post(door.port, ALERT, { 'content-encoding': encoding });
    assert.deepEqual([encoding, answer.status], [encoding, 415]);
    assert.equal(answer.headers.get('accept-encoding'), 'gzip, deflate, br');
  }
});

test('a compressed body that is broken or cut short is 400', async (t) => {
  const door = await openDoor(t);
  const whole = gzipSync(ALERT);
  for (const body of [whole.subarray(0, -6), Buffer.from(ALERT), Buffer.alloc(0)]) {
    const answer = await post(door.port, body, { 'content-encoding': 'gzip' });
    assert.deepEqual([answer.status, codeOf(answer.body)], [400, 'encoding_corrupt']);
  }
});

test('a bomb ends at 100 times its size, small ones at 64 KiB', async (t) => {
  const door = await openDoor(t);
  const bomb = await post(door.port, gzipSync(alertOf(10_000_000)), { 'content-encoding': 'gzip' });
  assert.deepEqual([bomb.status, codeOf(bomb.body)], [413, 'body_too_large']);
  const dense = gzipSync(alertOf(120_000));
  assert.ok(dense.length * 100 < 120_000);
  const beyondRatio = await post(door.port, dense, { 'content-encoding': 'gzip' });
  assert.equal(beyondRatio.status, 413);
  const small = await post(door.port, gzipSync(alertOf(60_000)), { 'content-encoding': 'gzip' });
  assert.equal(small.status, 200);
});

test('one alert may be as large as bodyBytesMax, a batch as batchBytesMax', async (t) => {
  const door = await openDoor(t, { bodyBytesMax: 1000, batchBytesMax: 5000 });
  const statusOf = async (body: string) => (await post(door.port, body)).status;
  assert.equal(await statusOf(alertOf(1000)), 200);
  assert.equal(await statusOf(alertOf(1001)), 413);
  assert.equal(await statusOf(`[${alertOf(900)},${alertOf(900)},${alertOf(900)}]`), 200);
  assert.equal(await statusOf(`[${alertOf(3000)},${alertOf(3000)}]`), 413);
});

test('more alerts in a body than batchAlertsMax are 413', async (t) => {
  const door = await openDoor(t, { batchAlertsMax: 2 });
  const answer = await post(door.port, `[${ALERT},${ALERT},${ALERT}]`);
  assert.deepEqual([answer.status, codeOf(answer.body)], [413, 'too_many_alerts']);
});

test('a declared length above the limit is answered before the body comes', async (t) => {
  const door = await openDoor(t);
  const sender = await rawSender(t, door.port);
  sender.socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{');
  assert.match(await sender.received(/\n$/), /^HTTP\/1\.1 413 .*"body_too_large"/s);
});

test('a chunked body above the limit is answered, and the sender gets to read it', async (t) => {
  const door = await openDoor(t, { bodyBytesMax: 1000, batchBytesMax: 1000 });
  const sender = await rawSender(t, door.port);
  sender.socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let sent = 0; sent < 20; sent += 1) sender.socket.write(`400\r\n${'x'.repeat(1024)}\r\n`);
  sender.socket.write('0\r\n\r\nGET /ping HTTP/1.1\r\nHost: x\r\n\r\n');
  const answers = await sender.received(/pong\n$/);
  assert.match(answers, /^HTTP\/1\.1 413 .*HTTP\/1\.1 200 OK.*pong\n$/s);
});

test('Expect: 100-continue is told to go on, and not told when it is refused', async (t) => {
  const door = await openDoor(t);
  const sender = await rawSender(t, door.port);
  sender.socket.write(expecting(ALERT.length));
  await sender.received(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  sender.socket.write(ALERT);
  assert.match(await sender.received(/200 OK.*\r\n\r\n/s), /^HTTP\/1\.1 100 .*HTTP\/1\.1 200 /s);

  const refused = await rawSender(t, door.port);
  refused.socket.write(expecting(99_999_999));
  assert.match(await refused.received(/\n$/), /^HTTP\/1\.1 413 /);
});

test('large bodies share bounded memory, small ones always pass', async (t) => {
  const door = await openDoor(t, { bodyBytesMax: 100_000, batchBytesMax: 100_000 });
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n';
  // Eight of the largest fit; each of these leaves out its last byte.
  const holders = await Promise.all(Array.from({ length: 8 }, () => rawSender(t, door.port)));
  for (const { socket } of holders) socket.write(head + ALERT.padEnd(99_998, ' '));
  let answer;
  do {
    answer = await post(door.port, ALERT.padEnd(90_000, ' '));
  } while (answer.status === 200);
  assert.deepEqual([answer.status, codeOf(answer.body)], [503, 'busy']);
  assert.equal(answer.headers.get('retry-after'), '1');
  assert.equal((await post(door.port, ALERT)).status, 200);

  for (const holder of holders) {
    holder.socket.write(' ');
    await holder.received(/^HTTP\/1\.1 200 /);
  }
  assert.equal((await post(door.port, ALERT.padEnd(90_000, ' '))).status, 200);
});
