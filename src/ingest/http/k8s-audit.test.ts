import assert from 'node:assert/strict';
import { type TestContext, suite, test } from 'node:test';
import {
  type AuditEvent,
  auditBatches,
  auditLogLines,
} from '../../../test/support/audit-corpus.ts';
import { OPEN_SETTINGS, openDoor, post } from '../../../test/support/http-ingest.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';
import { type NewAlert, QueueError } from '../../queue/queue.ts';
import type { HttpSettings } from './settings.ts';

/** The door as the API server sees it, with the hub's admission behind it. */
async function open(t: TestContext, settings: Partial<HttpSettings> = {}) {
  const admission = memoryAdmission();
  const door = await openDoor(
    t,
    { bodyBytesMax: 1 << 20, batchBytesMax: 8 << 20, batchAlertsMax: 10_000, ...settings },
    { admission: admission.admitter },
  );
  return { ...admission, ...door };
}

function batch(id: string): string {
  return JSON.stringify(auditBatches.find((one) => one.id === id)!.body);
}

function listOf(...items: readonly unknown[]): string {
  return JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items });
}

function eventOf(id: string): AuditEvent {
  return auditBatches.find((one) => one.id === id)!.body.items[0]!;
}

const rulesOf = (alerts: readonly NewAlert[]): string[] => alerts.map(({ rule }) => rule);
const PATH = '/k8s-audit';
const JSON_TYPE = { 'content-type': 'application/json' };

suite('every batch of the corpus has its alerts', () => {
  for (const { id, expectAlerts, body } of auditBatches) {
    for (const path of [`${PATH}?timeout=30s`, '/', '/in/x']) {
      test(`${id} on ${path}`, async (t) => {
        const hub = await open(t);
        const answer = await post(hub.port, JSON.stringify(body), JSON_TYPE, path);
        assert.deepEqual([answer.status, answer.body], [200, '']);
        assert.equal(hub.stored.length, expectAlerts);
        assert.deepEqual(hub.requests, [{ accepted: true }]);
      });
    }
  }

  test("the log backend's lines, and an array as Falco's plugin takes it", async (t) => {
    const hub = await open(t);
    const lines = await post(hub.port, `${auditLogLines.join('\n')}\n`, JSON_TYPE, PATH);
    assert.equal(lines.status, 200);
    const { length } = hub.stored;
    assert.ok(length > 0);
    const array = `[${auditLogLines.join(',')},${listOf(...auditLogLines.map(parsed))}]`;
    assert.equal((await post(hub.port, array, JSON_TYPE, PATH)).status, 200);
    assert.equal(hub.stored.length, length, 'the same alerts again');
  });
});

function parsed(line: string): unknown {
  return JSON.parse(line);
}

suite('what is stored', () => {
  test('an alert with the time, the place and the agent', async (t) => {
    const hub = await open(t);
    await post(hub.port, batch('exec-get'), JSON_TYPE, `${PATH}/prod-eu`);
    const [stored] = hub.stored;
    const alert = JSON.parse(stored!.json) as Record<string, unknown>;
    const { stageTimestamp } = eventOf('exec-get') as { stageTimestamp: string };
    assert.equal(Date.parse(String(alert['time'])), Date.parse(stageTimestamp));
    assert.equal(alert['source'], 'k8s_audit');
    assert.equal(alert['hostname'], 'prod-eu');
    const fields = alert['output_fields'] as Record<string, unknown>;
    assert.equal(fields['ka.cluster.name'], 'prod-eu');
    assert.equal(fields['ka.cluster.identity'], 'unverified');
    assert.equal((JSON.parse(stored!.ingest) as { agent: string }).agent, 'k8s_audit');
  });

  test('events that no rule finds anything in are counted, and nothing else of them is kept', async (t) => {
    const hub = await open(t);
    const found = auditBatches.filter(({ expectAlerts }) => expectAlerts === 0);
    const events = found.flatMap(({ body }) => body.items ?? []);
    assert.ok(events.length > 1);
    const answer = await post(hub.port, listOf(...events, eventOf('exec-get')), JSON_TYPE, PATH);
    assert.equal(answer.status, 200);
    assert.deepEqual(hub.quiet, [{ agent: 'k8s_audit', hostname: '', count: events.length }]);
    assert.equal(hub.stored.length, 1);
  });

  test('a cluster is who its credential says it is, and a claim beside another one', async (t) => {
    const tokens = [{ name: 'prod-eu', token: 'a-long-token' }];
    const hub = await open(t, { auth: { ...OPEN_SETTINGS.auth, tokens } });
    const headers = { ...JSON_TYPE, authorization: 'Bearer a-long-token' };
    const identities: unknown[] = [];
    for (const [path, id] of [
      [`${PATH}/prod-eu`, 'exec-get'],
      [`${PATH}/prod-us`, 'nodeport'],
      [PATH, 'privileged'],
    ] as const) {
      assert.equal((await post(hub.port, batch(id), headers, path)).status, 200);
      const { output_fields: fields } = JSON.parse(hub.stored.at(-1)!.json);
      identities.push([fields['ka.cluster.name'], fields['ka.cluster.identity']]);
    }
    assert.deepEqual(identities, [
      ['prod-eu', 'token:prod-eu'],
      ['prod-us', 'unverified'],
      ['prod-eu', 'token:prod-eu'],
    ]);
    assert.equal((await post(hub.port, batch('exec-get'), JSON_TYPE, PATH)).status, 401);
  });

  test('a time that is none costs the time, not the alert', async (t) => {
    const hub = await open(t);
    const event = { ...eventOf('exec-get'), stageTimestamp: 'yesterday' };
    await post(hub.port, listOf(event), JSON_TYPE, PATH);
    await post(hub.port, listOf({ ...event, requestReceivedTimestamp: 5e99 }), JSON_TYPE, PATH);
    assert.equal(hub.stored.length, 2);
  });
});

suite('an API server that sends again', () => {
  test('does not have its alerts twice', async (t) => {
    const hub = await open(t);
    for (const _ of [1, 2, 3]) await post(hub.port, batch('impersonate'), JSON_TYPE, PATH);
    assert.equal(hub.stored.length, 3);
  });

  test('two execs under one audit id are two alerts', async (t) => {
    const hub = await open(t);
    const first = eventOf('exec-get');
    const second = { ...first, requestURI: `${String(first['requestURI'])}&command=evil` };
    await post(hub.port, listOf(first), JSON_TYPE, PATH);
    await post(hub.port, listOf(second), JSON_TYPE, PATH);
    await post(hub.port, listOf(first, second, first), JSON_TYPE, PATH);
    const [one, other, ...more] = hub.stored;
    assert.deepEqual(more, []);
    assert.notEqual(one!.uuid, other!.uuid);
    assert.match(other!.json, /"id_reused"/);
  });

  test('within one batch, too', async (t) => {
    const hub = await open(t);
    const first = eventOf('exec-get');
    const second = { ...first, requestURI: `${String(first['requestURI'])}&command=evil` };
    await post(hub.port, listOf(first, second, first), JSON_TYPE, PATH);
    assert.deepEqual(rulesOf(hub.stored), ['Attach/Exec Pod', 'Attach/Exec Pod']);
  });

  test('is told to where nothing could be stored, and nothing goes on from memory', async (t) => {
    const hub = await open(t);
    hub.failWith(new QueueError('queue_unavailable', 'The disk is gone.', 1000));
    const answer = await post(hub.port, batch('exec-get'), JSON_TYPE, PATH);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '1');
    assert.equal(hub.unkept.length, 0);
    hub.failWith(undefined);
    assert.equal((await post(hub.port, batch('exec-get'), JSON_TYPE, PATH)).status, 200);
    assert.equal(hub.stored.length, 1);
  });

  test('is not made to by one bad item', async (t) => {
    const hub = await open(t);
    const body = listOf(null, eventOf('exec-get'), 5, {}, [], { stage: 7 });
    const answer = await post(hub.port, body, JSON_TYPE, PATH);
    assert.deepEqual([answer.status, answer.body], [200, '']);
    assert.equal(hub.stored.length, 1);
    assert.deepEqual(
      hub.rejected.map(({ code }) => code),
      Array.from({ length: 5 }, () => 'not_an_event'),
    );
  });
});

suite('bodies that are no audit events', () => {
  const cases = [
    ['{"kind":"Pod","apiVersion":"v1"}', 400, 'wrong_format'],
    ['{"rule":"R","priority":"Warning"}', 400, 'wrong_format'],
    ['[]', 200, ''],
    ['', 400, 'body_empty'],
    ['{"kind":"EventList","apiVersion":"audit.k8s.io/v1"', 400, 'invalid_json'],
    ['{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":null}', 200, ''],
    ['{"kind":"EventList","apiVersion":"audit.k8s.io/v1beta1","items":[]}', 200, ''],
    [nested(130), 400, 'too_deep'],
    [nested(100), 200, ''],
  ] as const;
  for (const [body, status, code] of cases) {
    test(`${body.slice(0, 70)}: ${status} ${code}`, async (t) => {
      const hub = await open(t);
      const answer = await post(hub.port, body, JSON_TYPE, PATH);
      assert.equal(answer.status, status);
      if (status !== 200) assert.equal(JSON.parse(answer.body).code, code);
      assert.equal(hub.stored.length, 0);
    });
  }

  test('more events than a batch may hold are refused, alerts or not', async (t) => {
    const hub = await open(t, { batchAlertsMax: 100 });
    const quiet = { stage: 'ResponseComplete', verb: 'get' };
    const body = listOf(...Array.from({ length: 101 }, () => quiet));
    for (const path of [PATH, '/']) {
      const answer = await post(hub.port, body, JSON_TYPE, path);
      assert.equal(answer.status, 413);
      assert.equal(JSON.parse(answer.body).code, 'too_many_alerts');
    }
  });

  test('a batch may have 12 MiB, whatever an alert may have', async (t) => {
    const hub = await open(t, { bodyBytesMax: 1024, batchBytesMax: 1024 });
    const large = { ...eventOf('exec-get'), userAgent: 'a'.repeat(11 << 20) };
    assert.equal((await post(hub.port, listOf(large), JSON_TYPE, PATH)).status, 200);
    assert.equal((await post(hub.port, listOf(large), JSON_TYPE, '/')).status, 413);
    const larger = { ...large, userAgent: 'a'.repeat(13 << 20) };
    assert.equal((await post(hub.port, listOf(larger), JSON_TYPE, PATH)).status, 413);
    assert.equal(hub.stored.length, 1);
  });
});

function nested(levels: number): string {
  const object = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"stage":"Panicked","requestObject":${object}}]}`;
}
