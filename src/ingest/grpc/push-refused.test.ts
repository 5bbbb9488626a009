import assert from 'node:assert/strict';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import {
  connect,
  createHeldAdmission,
  openDoor,
  through,
  wireAlert,
} from '../../../test/support/grpc-ingest.ts';
import { until } from '../../../test/support/until.ts';

/** A stream while alerts are refused, or its acks are not read: it is held back, and loses nothing. */

const FULL = {
  outcome: 'refused',
  code: 'queue_full',
  message: 'the queue is full',
  retryAfterMs: 1,
} as const;

test('refused alerts are kept, told with credit 0, and stored when there is room', async (t) => {
  const { admission, target } = await openDoor(t);
  admission.refusals.push(FULL, FULL);
  const stream = connect(t, target).push();
  stream.send(1, wireAlert());
  await stream.ack(({ credit }) => credit === 0);
  const ack = await stream.ack(through(1));
  assert.equal(ack.credit, 1024);
  assert.equal(admission.calls.length, 3);
  assert.deepEqual(
    stream.acks.flatMap(({ rejected }) => rejected),
    [],
  );
});

test('of a sender over its share, what was not taken is tried again, and nothing twice', async (t) => {
  const { admission, rejected, target } = await openDoor(t);
  let isFull = true;
  admission.itemOf = (document) => {
    const { priority } = document as { priority: string };
    return isFull && priority === 'Debug'
      ? { outcome: 'rejected', code: 'sender_share', message: 'no room' }
      : { outcome: 'accepted', uuid: '' };
  };
  admission.hold();
  const stream = connect(t, target).push();
  stream.send(1, wireAlert());
  await until(() => admission.calls.length === 1);
  stream.send(2, wireAlert({ priority: 'DEBUG' }));
  admission.release();
  await stream.ack(({ credit }) => credit === 0);
  isFull = false;
  await stream.ack(through(2));
  assert.deepEqual(
    stream.acks.flatMap(({ rejected }) => rejected),
    [],
  );
  assert.deepEqual(rejected, []);
  const [first, ...others] = admission.calls.map(({ documents }) => documents);
  assert.equal(first?.length, 1);
  // However often it was tried in vain.
  assert.ok(others.length >= 2 && others.every((documents) => isDebugAlone(documents)));
});

function isDebugAlone(documents: readonly unknown[]): boolean {
  const priorities = documents.map((document) => (document as { priority: string }).priority);
  return priorities.join() === 'Debug';
}

test('a stream that is refused for too long ends, and says what it stored', async (t) => {
  const held = createHeldAdmission();
  const { target } = await openDoor(t, { held, refusedMsMax: 150 });
  const stream = connect(t, target).push();
  stream.send(1, wireAlert());
  await stream.ack(through(1));
  held.refusals.push(...Array.from({ length: 20 }, () => FULL));
  stream.send(2, wireAlert());
  const { code, details, metadata } = await stream.status;
  assert.equal(code, status.UNAVAILABLE);
  assert.equal(details, 'queue_full: the queue is full');
  assert.equal(stream.acks.at(-1)?.acked_through, '1');
  assert.equal(metadata.get('grpc-status-details-bin').length, 1);
});

test('a sender over its rate is told so', async (t) => {
  const { admission, target } = await openDoor(t, { refusedMsMax: 0 });
  admission.refusals.push({ ...FULL, code: 'rate_limited', message: 'slower: \ud800 ✓\n' });
  const stream = connect(t, target).push();
  stream.send(1, wireAlert());
  const { code, details } = await stream.status;
  assert.equal(code, status.RESOURCE_EXHAUSTED);
  assert.match(details, /^rate_limited: slower/);
});

test('a queue that closes ends the stream without waiting', async (t) => {
  const { admission, target } = await openDoor(t);
  admission.refusals.push({ ...FULL, code: 'queue_closed', retryAfterMs: 60_000 });
  const stream = connect(t, target).push();
  stream.send(1, wireAlert());
  assert.equal((await stream.status).code, status.UNAVAILABLE);
});

test('a hub that goes does not wait for refused alerts, nor take new streams', async (t) => {
  const { admission, ingest, target } = await openDoor(t);
  admission.refusals.push({ ...FULL, retryAfterMs: 60_000 });
  const client = connect(t, target);
  const stream = client.push();
  stream.send(1, wireAlert());
  await stream.ack(({ credit }) => credit === 0);
  ingest.lameDuck();
  assert.equal((await stream.status).code, status.UNAVAILABLE);
  assert.equal((await client.push().status).code, status.UNAVAILABLE);
});

test('while nothing can be stored the hub reads no more than its window', async (t) => {
  const { admission, target } = await openDoor(t);
  admission.hold();
  const stream = connect(t, target).push();
  const alert = wireAlert({ output: 'x'.repeat(64 * 1024) });
  let written = 0;
  const write = (): void => {
    while (written < 2000 && stream.call.write({ seq: ++written, alert })) continue;
  };
  stream.call.on('drain', write);
  write();
  await until(() => admission.calls.length === 1);
  await settled(() => written);
  // 8 MiB of 64 KiB are 128 alerts; the rest of what is written stands in the sockets between.
  assert.ok(written < 400, `${written} alerts were taken off the sender`);
  admission.release();
  await stream.ack(through(2000));
});

test('a sender that reads no acks is not read from for ever', async (t) => {
  const { admission, target } = await openDoor(t);
  admission.itemOf = () => ({ outcome: 'rejected', code: 'no', message: 'x'.repeat(300) });
  const stream = connect(t, target).push();
  await stream.ack(() => true);
  stream.call.pause();
  const alert = wireAlert({ rule: 'r'.repeat(200) });
  let written = 0;
  const write = (): void => {
    while (written < 20_000 && stream.call.write({ seq: ++written, alert })) continue;
  };
  stream.call.on('drain', write);
  write();
  await settled(() => admission.calls.length);
  const read = admission.documents().length;
  assert.ok(read > 0 && read < 15_000, `${read} alerts were read`);
});

/** Waits until a number has stopped changing. */
async function settled(value: () => number): Promise<void> {
  let previous = -1;
  while (previous !== value()) {
    previous = value();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
