import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata, status } from '@grpc/grpc-js';
import {
  connect,
  createHeldAdmission,
  openDoor,
  type TestDoor,
  type TestStream,
  through,
  wireAlert,
} from '../../../test/support/grpc-ingest.ts';
import { until } from '../../../test/support/until.ts';

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
