import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDoor, post, request } from '../../../test/support/http-ingest.ts';

const ALERT = '{"rule":"R","priority":"Warning"}';
const failing = () => Promise.reject(new Error('secret of the disk'));
const BAD = '{"priority":"Warning"}';

test('an alert on / is admitted and answered 200 with an empty body', async (t) => {
  const door = await openDoor(t);
  const answer = await post(door.port, ALERT);
  assert.equal(answer.status, 200);
  assert.equal(answer.body, '');
  assert.equal(answer.headers.get('content-length'), '0');
  assert.deepEqual(door.admitted[0]?.sender, { input: 'http', peer: '127.0.0.1' });
  assert.deepEqual(door.admitted[0]?.documents, [{ rule: 'R', priority: 'Warning' }]);
  assert.deepEqual(door.requests, [{ accepted: true }]);
});

test('every POST to a path that means nothing else is taken as on /', async (t) => {
  const door = await openDoor(t);
  for (const path of ['/anything', '//', '/ping/', '/in/name', '/in/a/b', '/debug/vars', '/?x=1']) {
    assert.deepEqual([path, (await post(door.port, ALERT, {}, path)).status], [path, 200]);
  }
  assert.equal(door.admitted.length, 7);
});

test('a body is taken whatever its content type says', async (t) => {
  const door = await openDoor(t);
  for (const type of ['application/json', 'text/plain', 'a/b/c', ';;;', '']) {
    const answer = await post(door.port, Buffer.from(ALERT), { 'content-type': type });
    assert.deepEqual([type, answer.status], [type, 200]);
  }
});

test('the answer waits until the alert is on disk', async (t) => {
  const door = await openDoor(t);
  const disk = Promise.withResolvers<void>();
  door.waitFor(disk.promise);
  const answer = post(door.port, ALERT);
  const first = await Promise.race([
    answer.then(() => 'answered'),
    request(door.port, '/ping').then(() => 'pong'),
  ]);
  assert.equal(first, 'pong');
  disk.resolve();
  assert.equal((await answer).status, 200);
});

test('a single bad alert is 422 with its code, or 400 as from Falcosidekick', async (t) => {
  const door = await openDoor(t);
  const answer = await post(door.port, BAD);
  assert.equal(answer.status, 422);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.equal(answer.body, '{"code":"rule_missing","message":"The rule is missing."}\n');
  assert.deepEqual(door.requests, [{ accepted: false }]);
  assert.deepEqual(door.rejected, [
    { code: 'rule_missing', alerts: 1, sender: { input: 'http', peer: '127.0.0.1' } },
  ]);

  const compatible = await openDoor(t, {}, { sidekickStatus: true });
  assert.equal((await post(compatible.port, BAD)).status, 400);
  assert.equal((await post(compatible.port, `[${BAD}]`)).status, 400);
});

test('a body that is no JSON is 400 with the position', async (t) => {
  const door = await openDoor(t);
  const answer = await post(door.port, '{"rule":NaN}');
  const error = JSON.parse(answer.body) as { code: string; position: number };
  assert.equal(answer.status, 400);
  assert.equal(error.code, 'invalid_json');
  assert.equal(error.position, 8);
  assert.equal(door.admitted.length, 0);
});

test('a batch on / is one admission and answers empty when all of it was taken', async (t) => {
  const door = await openDoor(t);
  assert.deepEqual(
    await Promise.all(
      [`[${ALERT},${ALERT}]`, `${ALERT}\n${ALERT}\n`, '[]'].map(async (body) => {
        const { status, body: text } = await post(door.port, body);
        return [status, text];
      }),
    ),
    [
      [200, ''],
      [200, ''],
      [200, ''],
    ],
  );
  assert.deepEqual(
    door.admitted.map(({ documents }) => documents.length),
    [2, 2],
  );
});

test('a batch on / with some bad alerts is 200 and lists them', async (t) => {
  const door = await openDoor(t);
  const answer = await post(door.port, `${ALERT}\n{"rule":\n${BAD}\n${ALERT}`);
  assert.equal(answer.status, 200);
  const { accepted, duplicate, rejected } = JSON.parse(answer.body) as Record<string, unknown>;
  assert.deepEqual([accepted, duplicate], [2, 0]);
  const listed = rejected as { index: number; line?: number; code: string }[];
  assert.deepEqual(
    listed.map(({ index, line, code }) => ({ index, line, code })),
    [
      { index: 1, line: 2, code: 'invalid_json' },
      { index: 2, line: undefined, code: 'rule_missing' },
    ],
  );
  assert.deepEqual(door.requests, [{ accepted: true }]);
  assert.deepEqual(
    door.rejected.map(({ code, alerts }) => [code, alerts]),
    [
      ['invalid_json', 1],
      ['rule_missing', 1],
    ],
  );
});

test('a batch of nothing but bad alerts is 422 with the list', async (t) => {
  const door = await openDoor(t);
  for (const path of ['/', '/api/v1/alerts']) {
    const answer = await post(door.port, `[${BAD},${BAD}]`, {}, path);
    assert.equal(answer.status, 422);
    assert.equal((JSON.parse(answer.body) as { rejected: unknown[] }).rejected.length, 2);
  }
  assert.deepEqual(door.requests, [{ accepted: false }, { accepted: false }]);
});

test('/api/v1/alerts always says what became of each alert', async (t) => {
  const door = await openDoor(t);
  const again = '{"rule":"R","uuid":"again"}';
  const answer = await post(door.port, `[${ALERT},${again},${BAD}]`, {}, '/api/v1/alerts');
  assert.equal(answer.status, 200);
  assert.deepEqual(JSON.parse(answer.body), {
    accepted: 1,
    duplicate: 1,
    rejected: [{ index: 2, code: 'rule_missing', message: 'The rule is missing.' }],
  });
  const single = await post(door.port, ALERT, {}, '/api/v1/alerts');
  assert.equal(single.body, '{"accepted":1,"duplicate":0,"rejected":[]}\n');
  const empty = await post(door.port, '[]', {}, '/api/v1/alerts');
  assert.equal(empty.body, '{"accepted":0,"duplicate":0,"rejected":[]}\n');
});

test('a refusal of the admission is 429 or 503 with Retry-After in whole seconds', async (t) => {
  const door = await openDoor(t);
  const statuses = [];
  for (const code of [
    'rate_limited',
    'sender_share',
    'queue_full',
    'queue_busy',
    'shutting_down',
  ]) {
    door.refuseWith({ outcome: 'refused', code, message: 'No.', retryAfterMs: 1200 });
    const answer = await post(door.port, `[${ALERT},${ALERT}]`);
    assert.equal(answer.headers.get('retry-after'), '2');
    assert.equal(answer.body, `{"code":"${code}","message":"No."}\n`);
    statuses.push(answer.status);
  }
  assert.deepEqual(statuses, [429, 429, 503, 503, 503]);
  assert.deepEqual(door.rejected[0]?.alerts, 2);
});

test('a fault in the admission is 500 without its text, which is logged', async (t) => {
  const door = await openDoor(t, {}, { admission: { admit: failing } });
  const answer = await post(door.port, ALERT);
  assert.equal(answer.status, 500);
  assert.equal((JSON.parse(answer.body) as { code: string }).code, 'internal');
  assert.doesNotMatch(answer.body, /secret/);
  assert.equal(door.logged.at(-1)?.text, 'a request failed');
  assert.deepEqual(door.requests, [{ accepted: false }]);
});

test('bytes that are no UTF-8 are told, and the alert is taken', async (t) => {
  const door = await openDoor(t);
  const body = Buffer.concat([Buffer.from('{"rule":"'), Buffer.from([0xff]), Buffer.from('"}')]);
  assert.equal((await post(door.port, body)).status, 200);
  assert.equal(door.invalidUtf8.length, 1);
});

test('the hops of a forwarding hub reach the admission, nonsense does not', async (t) => {
  const door = await openDoor(t);
  for (const hops of ['3', '-1', '1e3', '99999', 'x']) {
    await post(door.port, ALERT, { 'tocsin-hops': hops });
  }
  assert.deepEqual(
    door.admitted.map(({ sender }) => sender.hops),
    [3, undefined, undefined, undefined, undefined],
  );
});

test('as whose a hub forwards an alert is believed of Alertmanager only, and of none but a hub', async (t) => {
  const door = await openDoor(t);
  for (const headers of [
    { 'tocsin-hops': '1', 'tocsin-read-as': 'alertmanager' },
    { 'tocsin-hops': '1', 'tocsin-read-as': 'k8s_audit' },
    { 'tocsin-read-as': 'alertmanager' },
  ]) {
    await post(door.port, ALERT, headers);
  }
  assert.deepEqual(
    door.admitted.map(({ sender }) => sender.readAs),
    ['alertmanager', undefined, undefined],
  );
});

test("the peer's address is the socket's, whatever a proxy header claims", async (t) => {
  const door = await openDoor(t, { address: '[::]:0' });
  await post(door.port, ALERT, { 'x-forwarded-for': '10.9.9.9', forwarded: 'for=10.9.9.9' });
  assert.equal(door.admitted[0]?.sender.peer, '127.0.0.1');
});

test("/test admits Falcosidekick's test alert, marked as a test, once in 10 s", async (t) => {
  let nowMs = Date.parse('2026-11-22T10:00:00.789Z');
  const door = await openDoor(t, {}, { now: () => nowMs });
  const first = await post(door.port, 'what is here is ignored', {}, '/test');
  assert.deepEqual([first.status, first.body], [200, '']);
  assert.deepEqual(door.admitted, [
    {
      documents: [
        {
          output: 'This is a test from falcosidekick',
          priority: 'Debug',
          hostname: 'falcosidekick',
          rule: 'Test rule',
          source: 'internal',
          time: '2026-11-22T10:00:00Z',
          output_fields: { 'proc.name': 'falcosidekick', 'user.name': 'falcosidekick' },
          tags: ['test', 'example'],
        },
      ],
      sender: { input: 'http', peer: '127.0.0.1', test: true },
    },
  ]);
  nowMs += 7000;
  const second = await post(door.port, '', {}, '/test');
  assert.deepEqual([second.status, second.headers.get('retry-after')], [429, '3']);
  nowMs += 3000;
  assert.equal((await post(door.port, '', {}, '/test')).status, 200);
});

test('a posted test rule is marked as nothing', async (t) => {
  const door = await openDoor(t);
  await post(door.port, '{"rule":"Test rule"}');
  assert.deepEqual(door.admitted[0]?.sender, { input: 'http', peer: '127.0.0.1' });
});
