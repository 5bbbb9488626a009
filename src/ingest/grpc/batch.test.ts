import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ServiceError, status } from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';
import { connect, openDoor, wireAlert } from '../../../test/support/grpc-ingest.ts';

/** What a call that must fail rejects with. */
async function failureOf(call: Promise<unknown>): Promise<ServiceError> {
  try {
    await call;
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error('the call succeeded');
}

test('a batch is answered when all of it is on disk', async (t) => {
  const { admission, target } = await openDoor(t);
  admission.hold();
  let isAnswered = false;
  const call = connect(t, target).pushBatch([wireAlert(), wireAlert()]);
  void call.then(() => (isAnswered = true));
  // A whole round trip of another kind goes by in the meantime.
  await connect(t, target)
    .push()
    .ack(() => true);
  assert.equal(isAnswered, false);
  admission.release();
  assert.deepEqual(await call, { accepted: 2, rejected: [] });
  assert.equal(admission.calls.length, 1);
});

test('what is not taken is named by its place, counted from 1', async (t) => {
  const { admission, rejected, target } = await openDoor(t);
  admission.itemOf = (document) => {
    const { rule } = document as { rule: string };
    if (rule === 'no room') {
      return { outcome: 'rejected', code: 'sender_share', message: 'later' };
    }
    return rule === 'again'
      ? { outcome: 'duplicate', uuid: '' }
      : { outcome: 'accepted', uuid: '' };
  };
  const answer = await connect(t, target).pushBatch([
    wireAlert(),
    wireAlert({ raw_json: '{"rule":' }),
    wireAlert({ rule: 'again' }),
    wireAlert(),
    wireAlert({ raw_json: '{}', agent: 'tetragon' }),
    wireAlert({ rule: 'no room' }),
  ]);
  assert.equal(answer.accepted, 2);
  assert.deepEqual(
    answer.rejected.map(({ seq, code, message }) => [seq, code, message.split(':')[0]]),
    [
      ['2', 'INVALID', 'invalid_json'],
      ['3', 'DUPLICATE', 'duplicate'],
      ['5', 'INVALID', 'unsupported_agent'],
      ['6', 'CODE_UNSPECIFIED', 'sender_share'],
    ],
  );
  // A duplicate is not lost, so it is not counted as turned away.
  assert.deepEqual(
    rejected.map(({ code, alerts }) => [code, alerts]),
    [
      ['invalid_json', 1],
      ['unsupported_agent', 1],
      ['sender_share', 1],
    ],
  );
});

test('1000 alerts are a batch, 1001 are not', async (t) => {
  const { admission, target } = await openDoor(t);
  const client = connect(t, target);
  const alerts = Array.from({ length: 1001 }, () => wireAlert());
  assert.equal((await client.pushBatch(alerts.slice(1))).accepted, 1000);
  const { code, details } = await failureOf(client.pushBatch(alerts));
  assert.equal(code, status.INVALID_ARGUMENT);
  assert.match(details, /^too_many_alerts: .*1000/);
  assert.equal(admission.documents().length, 1000);
});

test('an empty batch is no mistake', async (t) => {
  const { target } = await openDoor(t);
  assert.deepEqual(await connect(t, target).pushBatch([]), { accepted: 0, rejected: [] });
});

test('alerts that other hubs forward are admitted with their way so far', async (t) => {
  const { admission, target } = await openDoor(t);
  await connect(t, target).pushBatch([
    wireAlert(),
    wireAlert({ origin: 'only a hub that forwards is believed' }),
    wireAlert({ hops: 1, origin: 'token:edge' }),
    wireAlert({ hops: 1, origin: 'token:edge' }),
    wireAlert({ hops: 7, origin: 'x'.repeat(1000) }),
    wireAlert({ hops: 7, read_as: 'alertmanager' }),
    wireAlert({ hops: 7, read_as: 'k8s_audit' }),
    wireAlert({ read_as: 'alertmanager' }),
  ]);
  assert.deepEqual(
    admission.calls.map(({ documents, sender: { hops, origin, readAs } }) => [
      documents.length,
      hops,
      origin?.length,
      readAs,
    ]),
    [
      [1, undefined, undefined, undefined],
      [1, undefined, undefined, undefined],
      [2, 1, 'token:edge'.length, undefined],
      [1, 7, 256, undefined],
      [1, 7, undefined, 'alertmanager'],
      [1, 7, undefined, undefined],
      [1, undefined, undefined, undefined],
    ],
  );
});

test('a refused batch says who is to blame and when to come back', async (t) => {
  const { admission, rejected, target } = await openDoor(t);
  const client = connect(t, target);
  for (const [code, expected] of [
    ['rate_limited', status.RESOURCE_EXHAUSTED],
    ['sender_share', status.RESOURCE_EXHAUSTED],
    ['queue_full', status.UNAVAILABLE],
    ['queue_unavailable', status.UNAVAILABLE],
  ] as const) {
    admission.refusals.push({ outcome: 'refused', code, message: 'no', retryAfterMs: 1500 });
    const failure = await failureOf(client.pushBatch([wireAlert(), wireAlert()]));
    assert.equal(failure.code, expected);
    assert.equal(failure.details, `${code}: no`);
    assert.equal(retryDelayOf(failure), '1.5');
    assert.deepEqual([rejected.at(-1)?.code, rejected.at(-1)?.alerts], [code, 2]);
  }
});

/** Read as a foreign client would: by google's own message types. */
function retryDelayOf({ metadata }: ServiceError): string {
  const proto = fileURLToPath(new URL('../../proto/retry-info.proto', import.meta.url));
  const types = loadSync(proto, { keepCase: true, longs: String }) as unknown as Record<
    string,
    MessageTypeDefinition<object, object>
  >;
  const [trailer] = metadata.get('grpc-status-details-bin');
  const rpcStatus = types['google.rpc.Status']!.deserialize(trailer as Buffer) as {
    details: { type_url: string; value: Buffer }[];
  };
  assert.equal(rpcStatus.details[0]?.type_url, 'type.googleapis.com/google.rpc.RetryInfo');
  const { retry_delay: delay } = types['google.rpc.RetryInfo']!.deserialize(
    rpcStatus.details[0].value,
  ) as { retry_delay: { seconds: string; nanos: number } };
  return `${delay.seconds}.${delay.nanos / 100_000_000}`;
}

test('a batch that is no BatchRequest is the sender’s mistake', async (t) => {
  const { target } = await openDoor(t);
  const { ingest } = connect(t, target);
  const call = Promise.withResolvers<ServiceError>();
  ingest.makeUnaryRequest(
    '/tocsin.ingest.v1.AlertIngest/PushBatch',
    (bytes: Buffer) => bytes,
    (bytes) => bytes,
    Buffer.from([0x0a, 0xff, 0x01]),
    (error) => call.resolve(error!),
  );
  const { code, details } = await call.promise;
  assert.equal(code, status.INVALID_ARGUMENT);
  assert.match(details, /^unreadable: /);
});

test('a failure of the hub says nothing about its insides', async (t) => {
  const { target } = await openDoor(t, {
    admission: { admit: () => Promise.reject(new Error('SQLITE_IOERR /var/lib/tocsin')) },
  });
  const { code, details } = await failureOf(connect(t, target).pushBatch([wireAlert()]));
  assert.equal(code, status.INTERNAL);
  assert.doesNotMatch(details, /SQLITE|var/);
});

test('over 4 MiB a request is refused before it is read', async (t) => {
  const { admission, target } = await openDoor(t);
  const alerts = Array.from({ length: 5 }, () => wireAlert({ output: 'x'.repeat(1024 * 1024) }));
  const { code } = await failureOf(connect(t, target).pushBatch(alerts));
  assert.equal(code, status.RESOURCE_EXHAUSTED);
  assert.equal(admission.calls.length, 0);
});
