import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test, type TestContext } from 'node:test';
import { type OpenDoor, openDoor, post, request } from '../../../test/support/http-ingest.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';
import { QueueError } from '../../queue/queue.ts';

interface Sent {
  readonly mode: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const DATA = new URL('../../../test/data/cloudevents/', import.meta.url);
const { requests } = JSON.parse(readFileSync(new URL('requests.json', DATA), 'utf8')) as {
  readonly requests: readonly Sent[];
};
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
const EVENT = { specversion: '1.0', id: '1', source: '/s', type: 'com.example.found' };
const FALCO = { rule: 'R', priority: 'Critical', output: 'o', output_fields: { a: 1 } };
const BINARY = {
  'content-type': 'application/json',
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': '/s',
  'ce-type': 'com.example.found',
};

interface Taking {
  readonly door: OpenDoor;
  readonly memory: ReturnType<typeof memoryAdmission>;
  /** Posts to `/cloudevents`. */
  send(body: unknown, headers?: object): ReturnType<typeof post>;
  /** What is stored, as it is. */
  alerts(): readonly Readonly<Record<string, unknown>>[];
}

async function take(t: TestContext): Promise<Taking> {
  const memory = memoryAdmission();
  const door = await openDoor(t, {}, { admission: memory.admitter });
  return {
    door,
    memory,
    send: (body, headers = STRUCTURED) =>
      post(
        door.port,
        typeof body === 'string' ? body : JSON.stringify(body),
        headers,
        '/cloudevents',
      ),
    alerts: () => memory.stored.map(({ json }) => JSON.parse(json)),
  };
}

suite('CloudEvents', () => {
  for (const path of ['/cloudevents', '/', '/in/ce']) {
    test(`the corpus on ${path}, and nothing of it again`, async (t) => {
      const { admitter, stored } = memoryAdmission();
      const door = await openDoor(t, {}, { admission: admitter });
      const statuses = [];
      for (const { body, headers } of [...requests, ...requests]) {
        statuses.push((await post(door.port, body, headers, path)).status);
      }
      const outdated = path === '/cloudevents' ? 400 : 422;
      const expected = [200, 200, 200, 200, 200, outdated];
      assert.deepEqual(statuses, [...expected, ...expected]);
      const alerts = stored.map(({ json }) => JSON.parse(json));
      const [free, ...falco] = alerts.toSorted((a, b) => a.priority.localeCompare(b.priority));
      assert.deepEqual([free.rule, free.priority], ['falco.rule.output.v1', 'Notice']);
      assert.equal(free.output, '{"msg":"free form","severity":"high"}');
      assert.equal(falco.length, 5);
      for (const { rule, priority, output_fields: fields } of falco) {
        assert.deepEqual([rule, priority], ['Directory traversal monitored file read', 'Warning']);
        assert.equal(fields['k8s.ns.name'], 'kube-system');
      }
      const exact = stored.filter(({ json }) => json.includes('"evt.time":1786406649137331079'));
      assert.equal(exact.length, 5);
    });
  }

  test('an event is known by source and id, unless the alert in it has an id', async (t) => {
    const { send, alerts } = await take(t);
    const uuid = '8e2f1c1e-7d0b-4b5e-9a3c-2f1d6b7a9c10';
    const events = [
      { ...EVENT, data: FALCO },
      { ...EVENT, data: FALCO },
      { ...EVENT, id: '2', data: FALCO },
      { ...EVENT, source: '/t', data: FALCO },
      { ...EVENT, id: '3', data: { ...FALCO, uuid } },
      { ...EVENT, data: { ...FALCO, output: 'other' } },
    ];
    for (const event of events) assert.equal((await send(event)).status, 200);
    const stored = alerts();
    assert.equal(stored.length, 5);
    assert.equal(new Set(stored.map((one) => one['uuid'])).size, 5);
    assert.equal(stored[3]?.['uuid'], uuid);
    assert.deepEqual(stored[4]?.['tags'], ['id_reused']);
  });

  test('what is no alert of any format becomes one by its attributes', async (t) => {
    const { send, alerts } = await take(t);
    const data = { message: 'A key was used', severity: 'x', nested: { a: 1 } };
    const sent = {
      ...EVENT,
      time: '2026-08-11T02:00:00.5+02:00',
      subject: 'key/7',
      severity: 'HIGH',
    };
    await send({ ...sent, data });
    const [alert] = alerts();
    assert.equal(alert?.['rule'], 'com.example.found');
    assert.equal(alert['priority'], 'Error');
    assert.equal(alert['source'], 'cloudevents');
    assert.equal(alert['time'], '2026-08-11T00:00:00.5Z');
    assert.equal(alert['output'], 'A key was used');
    assert.deepEqual(alert['output_fields'], {
      'ce.id': '1',
      'ce.severity': 'HIGH',
      'ce.source': '/s',
      'ce.subject': 'key/7',
      'ce.type': 'com.example.found',
      'data.message': 'A key was used',
      'data.nested': '{"a":1}',
      'data.severity': 'x',
    });
  });

  test('data may be an event of another agent, a line of Falco, text or nothing', async (t) => {
    const { send, alerts } = await take(t);
    const line = '12:00:00.123456789: Error A shell was spawned (user=root)';
    const notification = {
      version: '4',
      groupKey: '{}',
      alerts: [{ labels: { alertname: 'A' } }, { labels: { alertname: 'B' } }],
    };
    const all: unknown[] = [notification, line, 'only text', null, ['a'], { text: 'for Slack' }];
    for (const [at, data] of all.entries()) await send({ ...EVENT, id: `n${at}`, data });
    await send({
      ...EVENT,
      id: 'b',
      data_base64: Buffer.from(JSON.stringify(FALCO)).toString('base64'),
    });
    const told = alerts().map((one) => [one['rule'], one['priority'], one['output']]);
    assert.deepEqual(told, [
      ['A', 'Warning', 'A'],
      ['B', 'Warning', 'B'],
      ['A shell was spawned', 'Error', line],
      ['com.example.found', 'Notice', 'only text'],
      ['com.example.found', 'Notice', 'com.example.found'],
      ['com.example.found', 'Notice', '["a"]'],
      ['com.example.found', 'Notice', '{"text":"for Slack"}'],
      ['R', 'Critical', 'o'],
    ]);
    assert.equal(new Set(alerts().map((one) => one['uuid'])).size, 8);
  });

  test('an event in an event is not taken apart', async (t) => {
    const { send, alerts } = await take(t);
    await send({ ...EVENT, data: { ...EVENT, id: '2', data: FALCO } });
    assert.deepEqual(
      alerts().map(({ rule }) => rule),
      ['com.example.found'],
    );
  });

  const refused: readonly (readonly [what: string, body: unknown, status: number])[] = [
    ['both kinds of data', readFileSync(new URL('both-data.json', DATA), 'utf8'), 400],
    ['no id', { ...EVENT, id: undefined }, 400],
    ['an empty source', { ...EVENT, source: '' }, 400],
    ['a type that is no text', { ...EVENT, type: 5 }, 400],
    ['another version', { ...EVENT, specversion: '0.3' }, 400],
    ['data that is no base64', { ...EVENT, data_base64: 'e30' }, 400],
    ['no event', FALCO, 400],
    ['an alert without a known priority', { ...EVENT, data: { ...FALCO, priority: 'x' } }, 422],
    ['nesting without end', `{"specversion":"1.0","data":${'['.repeat(1000)}`, 400],
  ];
  for (const [what, body, status] of refused) {
    test(`${what}: refused, and its sender told`, async (t) => {
      const { send, alerts } = await take(t);
      assert.equal((await send(body)).status, status);
      assert.equal(alerts().length, 0);
    });
  }

  test('one bad event of a batch costs no other', async (t) => {
    const { send, alerts, door } = await take(t);
    const batch = [{ ...EVENT, data: FALCO }, { ...EVENT, id: '' }, 5];
    const answer = await send(batch, { 'content-type': 'application/cloudevents-batch+json' });
    assert.equal(answer.status, 200);
    assert.equal(alerts().length, 1);
    assert.deepEqual(
      door.rejected.map(({ code }) => code),
      ['invalid_event', 'wrong_format'],
    );
  });

  test('events in another format than JSON are 415', async (t) => {
    const { send } = await take(t);
    for (const type of ['application/cloudevents+xml', 'application/cloudevents-batch+avro']) {
      assert.equal((await send(EVENT, { 'content-type': type })).status, 415);
    }
  });

  test('headers in binary mode: quotes and one round of percent-encoding undone', async (t) => {
    const { send, alerts } = await take(t);
    const subjects = ['Euro%20%E2%82%AC%20%F0%9F%98%80', '"a \\"b\\""', '100%', '%2541', 'é'];
    for (const [at, subject] of subjects.entries()) {
      const headers = { ...BINARY, 'ce-id': String(at), 'ce-subject': subject, 'ce-Bad_Name': 'x' };
      assert.equal((await send('{"a":1}', headers)).status, 200);
    }
    const fields = alerts().map((one) => one['output_fields'] as Record<string, string>);
    assert.deepEqual(
      fields.map((one) => one['ce.subject']),
      ['Euro € 😀', 'a "b"', '100%', '%41', 'é'],
    );
    assert.ok(fields.every((one) => !('ce.bad_name' in one)));
    for (const wrong of ['%C0%80', '%ff', '%ED%A0%80']) {
      assert.equal((await send('{}', { ...BINARY, 'ce-subject': wrong })).status, 400);
    }
  });

  test('a body in binary mode is JSON if its type says so, and else text', async (t) => {
    const { send, alerts, door } = await take(t);
    const text = { ...BINARY, 'content-type': 'text/plain', 'ce-id': 't' };
    assert.equal((await send('a text', text)).status, 200);
    assert.equal((await send('', { ...BINARY, 'ce-id': 'e' })).status, 200);
    assert.equal((await send('{"a":', BINARY)).status, 400);
    assert.equal((await send('{}', { 'ce-specversion': '1.0' })).status, 400);
    assert.equal((await send(`"${'a'.repeat(70_000)}"`, BINARY)).status, 413);
    assert.deepEqual(
      alerts().map(({ output }) => output),
      ['a text', 'com.example.found'],
    );
    const codes = door.rejected.map(({ code }) => code);
    assert.deepEqual(codes, ['invalid_json', 'invalid_event', 'body_too_large']);
  });

  test('ce- headers mean nothing on the path of another format', async (t) => {
    const { door, alerts } = await take(t);
    const body = '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":null}';
    assert.equal((await post(door.port, body, BINARY, '/k8s-audit')).status, 200);
    assert.equal(alerts().length, 0);
  });

  test('a queue that fails is 503 and the event comes again; nothing goes on from memory', async (t) => {
    const { send, memory } = await take(t);
    memory.failWith(new QueueError('queue_unavailable', 'The disk is gone.', 1000));
    assert.equal((await send({ ...EVENT, data: FALCO })).status, 503);
    assert.equal(memory.unkept.length, 0);
    memory.failWith(undefined);
    assert.equal((await send({ ...EVENT, data: FALCO })).status, 200);
    assert.equal(memory.stored.length, 1);
  });

  test('a sender that asks first may send, if it says who it is', async (t) => {
    const token = { name: 'grid', token: 'long-secret' };
    const auth = { tokens: [], basic: [], paths: [token] };
    const door = await openDoor(t, { auth });
    const ask = (path: string, headers: Record<string, string>) =>
      request(door.port, path, { method: 'OPTIONS', headers });
    const origin = { 'webhook-request-origin': 'eventemitter.example.com' };
    const agreed = await ask('/in/long-secret', origin);
    assert.equal(agreed.status, 200);
    assert.equal(agreed.headers.get('webhook-allowed-origin'), '*');
    assert.equal((await ask('/in/wrong', origin)).status, 401);
    assert.equal((await ask('/cloudevents', origin)).status, 401);
    assert.equal((await ask('/in/long-secret', {})).status, 405);
  });
});
