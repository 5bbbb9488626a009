import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { type Received, startDestination } from '../../test/contract/server.ts';
import { AWS_KEYS, callIn } from '../../test/support/aws-request.ts';
import cloudwatch from './index.ts';

const settings = (endpoint: string) => ({ logGroup: '/planted/group', endpoint, ...AWS_KEYS });

interface Event {
  readonly timestamp: number;
  readonly message: string;
}

function eventsIn(request: Received): Event[] {
  const input = callIn(request, 'logs', 'Logs_20140328.PutLogEvents');
  assert.deepEqual([input['logGroupName'], input['logStreamName']], ['/planted/group', 'tocsin']);
  const events = input['logEvents'] as Event[];
  const times = events.map(({ timestamp }) => timestamp);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) < 86_400_000);
  const sizes = events.map(({ message }) => Buffer.byteLength(message) + 26);
  assert.ok(events.length <= 10_000 && sizes.reduce((sum, size) => sum + size) <= 1_048_576);
  assert.ok(sizes.every((size) => size <= 256 * 1024));
  return events;
}

const uuidOf = ({ message }: Event): string => (JSON.parse(message) as { uuid: string }).uuid;

httpContract(cloudwatch, {
  settings,
  accepted: () => ({ status: 200, body: '{"nextSequenceToken":"1"}' }),
  check(requests, deliveries) {
    const uuids = requests.flatMap(eventsIn).map(uuidOf).toSorted();
    assert.deepEqual(uuids, deliveries.map(({ alert }) => alert.uuid).toSorted());
  },
  sendsNumbers: false,
  lookalikes: [{ status: 200 }, { status: 200, body: 'ok' }, { status: 204 }],
  oddAlerts: 100,
});

const error = (__type: string) => ({ __type, message: 'planted' });

answersMean(cloudwatch, settings, [
  [400, error('ResourceNotFoundException'), 'retry/client'],
  [400, error('ThrottlingException'), 'retry/rateLimited'],
  [400, error('UnrecognizedClientException'), 'retry/auth'],
  [400, error('AccessDeniedException'), 'retry/auth'],
  [400, error('InvalidParameterException'), 'reject/payload'],
  [500, error('ServiceUnavailableException'), 'retry/server'],
]);

test('awscloudwatchlogs: a stream that is missing is made', async (t) => {
  let isMade = false;
  const server = await startDestination(t, ({ headers }) => {
    if (headers['x-amz-target'] === 'Logs_20140328.CreateLogStream') isMade = true;
    const missing = JSON.stringify(error('ResourceNotFoundException'));
    return isMade ? { status: 200, body: '{}' } : { status: 400, body: missing };
  });
  const context = {
    settings: settingsOf(cloudwatch, settings(server.origin)),
    http: httpClient(t),
  };
  const result = await attempt(cloudwatch, context, [deliveryOf(alertWith())]);
  assert.equal(verdictOf(result), 'delivered');
  assert.equal(server.received.length, 3);
});

for (const info of [
  { tooOldLogEventEndIndex: 1 },
  { tooOldLogEventEndIndex: 0 },
  { expiredLogEventEndIndex: 0 },
  { tooNewLogEventStartIndex: 0 },
]) {
  test(`awscloudwatchlogs: what is refused with ${JSON.stringify(info)} is sent again`, async (t) => {
    let times = 0;
    const server = await startDestination(t, () => {
      times += 1;
      const rejectedLogEventsInfo = times === 1 ? info : undefined;
      return { status: 200, body: JSON.stringify({ rejectedLogEventsInfo }) };
    });
    const values = settingsOf(cloudwatch, settings(server.origin));
    const context = { settings: values, http: httpClient(t) };
    const result = await attempt(cloudwatch, context, [deliveryOf(alertWith())]);
    assert.equal(verdictOf(result), 'delivered');
    const [, again] = server.received.map(eventsIn);
    assert.match(again?.[0]?.message ?? '', /"late"/);
  });
}

test('awscloudwatchlogs: what is refused for its time has the present time, the others their own', async (t) => {
  const startedMs = Date.now();
  const server = await startDestination(t, (request) => {
    const events = eventsIn(request);
    const old = events.filter(({ timestamp }) => timestamp < startedMs - 60_000).length;
    const info = { tooOldLogEventEndIndex: old };
    return { status: 200, body: JSON.stringify(old > 0 ? { rejectedLogEventsInfo: info } : {}) };
  });
  const context = {
    settings: settingsOf(cloudwatch, settings(server.origin)),
    http: httpClient(t),
  };
  const time = new Date(startedMs).toISOString();
  const deliveries = [alertWith({ time, rule: 'now' }), alertWith()].map((one) => deliveryOf(one));
  assert.equal(verdictOf(await attempt(cloudwatch, context, deliveries)), 'delivered');
  const late = server.received.map(eventsIn).filter(([event]) => event?.message.includes('"late"'));
  assert.equal(late.length, 1);
  assert.ok((late[0]?.[0]?.timestamp ?? 0) >= startedMs);
});
