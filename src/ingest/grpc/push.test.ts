import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata, status } from '@grpc/grpc-js';
import {
  connect,
  createHeldAdmission,
  openDoor,
  wireAlert,
} from '../../../test/support/grpc-ingest.ts';
import type { TestDoor, TestStream, WireAck } from '../../../test/support/grpc-ingest.ts';
import { until } from '../../../test/support/until.ts';

const through = (seq: number) => (ack: WireAck) => Number(ack.acked_through) >= seq;

function sendMany(stream: TestStream, from: number, to: number, changes: object = {}): void {
  for (let seq = from; seq <= to; seq++) stream.send(seq, wireAlert(changes));
}

function rulesOf({ admission }: TestDoor): unknown[] {
  return admission.documents().map((document) => (document as { rule: unknown }).rule);
}

test('the first ack tells the credit before anything was sent', async (t) => {
  const { target } = await openDoor(t);
  const ack = await connect(t, target)
    .push()
    .ack(() => true);
  assert.deepEqual(ack, { acked_through: '0', rejected: [], credit: 1024 });
});

test('an alert is acknowledged when it is on disk, and not before', async (t) => {
  const { admission, target } = await openDoor(t);
  admission.hold();
  const stream = connect(t, target).push();
  stream.send(7, wireAlert());
  await until(() => admission.calls.length === 1);
  assert.deepEqual(stream.acks.filter(through(1)), []);
  admission.release();
  assert.equal((await stream.ack(through(7))).acked_through, '7');
});

test('what arrives while a group is stored is the next group, in order', async (t) => {
  const held = createHeldAdmission();
  const door = await openDoor(t, {
    admission: {
      // As long as a disk may take.
      admit: async (...args) => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        return held.admit(...args);
      },
    },
  });
  const stream = connect(t, door.target).push();
  for (let seq = 1; seq <= 600; seq++) stream.send(seq, wireAlert({ rule: String(seq) }));
  stream.call.end();
  assert.equal((await stream.status).code, status.OK);
  const rules = held.documents().map((document) => (document as { rule: string }).rule);
  assert.deepEqual(
    rules,
    Array.from({ length: 600 }, (_, index) => String(index + 1)),
  );
  const sizes = held.calls.map(({ documents }) => documents.length);
  assert.ok(sizes.length < 100, `${sizes.length} transactions for 600 alerts`);
  assert.ok(Math.max(...sizes) <= 256);
});

test('under load one ack stands for many alerts', async (t) => {
  const { target } = await openDoor(t);
  const stream = connect(t, target).push();
  sendMany(stream, 1, 3000);
  await stream.ack(through(3000));
  assert.ok(stream.acks.length < 300, `${stream.acks.length} acks for 3000 alerts`);
});

test('rejected alerts and duplicates are acknowledged by name, the others stored', async (t) => {
  const { admission, target } = await openDoor(t);
  admission.itemOf = (document) => {
    const { rule } = document as { rule: string };
    if (rule === 'again') return { outcome: 'duplicate', uuid: '' };
    if (rule === 'bad') return { outcome: 'rejected', code: 'rule_missing', message: 'no rule' };
    return { outcome: 'accepted', uuid: '' };
  };
  admission.hold();
  const stream = connect(t, target).push();
  stream.send(1, wireAlert());
  await until(() => admission.calls.length === 1);
  stream.send(2, wireAlert({ rule: 'bad' }));
  stream.send(3, wireAlert({ priority: 0 }));
  stream.send(5, wireAlert({ rule: 'again' }));
  stream.send(9, wireAlert());
  admission.release();
  await stream.ack(through(9));
  assert.deepEqual(
    stream.acks.flatMap(({ rejected }) => rejected).map(({ seq, code }) => [seq, code]),
    [
      ['2', 'INVALID'],
      ['3', 'INVALID'],
      ['5', 'DUPLICATE'],
    ],
  );
});

test('an alert over 2 MiB is rejected alone', async (t) => {
  const door = await openDoor(t);
  const stream = connect(t, door.target).push();
  stream.send(1, wireAlert({ output: 'x'.repeat(2 * 1024 * 1024) }));
  stream.send(2, wireAlert({ rule: 'small' }));
  await stream.ack(through(2));
  const rejected = stream.acks.flatMap((ack) => ack.rejected);
  assert.deepEqual(
    rejected.map(({ seq, code }) => [seq, code]),
    [['1', 'TOO_LARGE']],
  );
  assert.deepEqual(rulesOf(door), ['small']);
});

test('a seq that does not ascend ends the stream, after what came before it', async (t) => {
  for (const bad of ['0', '3', '2']) {
    const { target } = await openDoor(t);
    const stream = connect(t, target).push();
    stream.send(3, wireAlert());
    stream.send(bad, wireAlert());
    const { code, details } = await stream.status;
    assert.equal(code, status.INVALID_ARGUMENT);
    assert.match(details, /^seq_not_ascending: .*acked_through/);
    assert.equal(stream.acks.at(-1)?.acked_through, '3');
  }
});

test('the largest seq there is goes through', async (t) => {
  const { target } = await openDoor(t);
  const stream = connect(t, target).push();
  stream.send('18446744073709551615', wireAlert());
  await stream.ack(({ acked_through }) => acked_through === '18446744073709551615');
});

test('a sender goes on over a new stream after acked_through', async (t) => {
  const door = await openDoor(t);
  const client = connect(t, door.target);
  const first = client.push();
  first.send(1, wireAlert({ rule: '1' }));
  await first.ack(through(1));
  first.call.cancel();
  const second = client.push();
  second.send(2, wireAlert({ rule: '2' }));
  await second.ack(through(2));
  assert.deepEqual(rulesOf(door), ['1', '2']);
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

/** Waits until a number has stopped changing. */
async function settled(value: () => number): Promise<void> {
  let previous = -1;
  while (previous !== value()) {
    previous = value();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

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
  assert.deepEqual(
    admission.calls.map(({ documents }) => documents.length),
    [1, 1, 1],
  );
});

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

test('a failure of the hub says nothing about its insides', async (t) => {
  const { target } = await openDoor(t, {
    admission: { admit: () => Promise.reject(new Error('SQLITE_IOERR /var/lib/tocsin')) },
  });
  const stream = connect(t, target).push();
  stream.send(1, wireAlert());
  const { code, details } = await stream.status;
  assert.equal(code, status.INTERNAL);
  assert.doesNotMatch(details, /SQLITE|var/);
  assert.equal(stream.acks.at(-1)?.acked_through, '0');
});

test('a hub that goes acknowledges what it stores, and leaves the rest to the sender', async (t) => {
  const { admission, ingest, target } = await openDoor(t);
  admission.hold();
  const stream = connect(t, target).push();
  stream.send(1, wireAlert());
  await until(() => admission.calls.length === 1);
  sendMany(stream, 2, 10);
  ingest.lameDuck();
  admission.release();
  const { code, details } = await stream.status;
  assert.equal(code, status.UNAVAILABLE);
  assert.match(details, /^shutting_down: /);
  assert.equal(stream.acks.at(-1)?.acked_through, '1');
  assert.equal(admission.documents().length, 1);
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

test('a token that is taken away ends the streams it opened', async (t) => {
  const auth = { tokens: [{ name: 'node', token: 'a-good-token' }] };
  const settings = { address: '127.0.0.1:0', auth };
  const { admission, ingest, target } = await openDoor(t, { settings });
  const metadata = new Metadata();
  metadata.set('authorization', 'Bearer a-good-token');
  const stream = connect(t, target).push(metadata);
  stream.send(1, wireAlert());
  await stream.ack(through(1));
  await ingest.reload({
    ...settings,
    auth: { tokens: [{ name: 'node', token: 'another-token' }] },
  });
  stream.send(2, wireAlert());
  assert.equal((await stream.status).code, status.UNAUTHENTICATED);
  assert.equal(admission.documents().length, 1);
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
