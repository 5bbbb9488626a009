import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { loadConfig } from '../../config/load.ts';
import { type Alert, PRIORITIES, type Priority } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import alertmanager from './index.ts';
import { labelNameOf } from './labels.ts';
import { postableAlert } from './payload.ts';
import type { AlertmanagerSettings } from './settings.ts';

const NOW_MS = Date.parse('2026-08-11T00:04:10.000Z');

function posted(alert: Partial<Alert>, own: object = {}, lateMs?: number, nowMs = NOW_MS) {
  const { values } = settingsOf(alertmanager, { urls: ['http://a:9093'], ...own });
  const delivery = deliveryOf(alertWith(alert), lateMs);
  return postableAlert(values as unknown as AlertmanagerSettings, delivery, nowMs);
}

interface GoldenCase {
  readonly name: string;
  readonly input: Record<string, unknown> & { output_fields: Alert['fields'] };
  readonly config: Record<string, string>;
  readonly expected: readonly object[] | { readonly labels: object };
}

const golden = new URL('../../test/data/falcosidekick/alertmanager.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(golden, 'utf8')) as { cases: GoldenCase[] };

test('a Falcosidekick configuration makes the alert Falcosidekick makes', async () => {
  for (const { name, input, config, expected } of cases) {
    if (typeof input === 'string') {
      assert.equal(labelNameOf(input), expected, name);
      continue;
    }
    const env = Object.entries(config).map(([key, value]) => [
      key.toUpperCase().replaceAll('.', '_'),
      value,
    ]);
    const loaded = await loadConfig({
      env: { ...Object.fromEntries(env), ALERTMANAGER_HOSTPORT: 'http://a:9093' },
      flags: {},
      baseDirectory: '/',
    });
    assert.ok(loaded.ok);
    const { output_fields: fields, priority, tags = [], source = '', ...rest } = input;
    const alert = {
      ...(rest as Partial<Alert>),
      fields,
      source: source as string,
      // Ingest sorts them.
      tags: (tags as string[]).toSorted(),
      priority: String(priority).toLowerCase() as Priority,
    };
    const made = posted(alert, loaded.outputs[0]?.settings);
    if (Array.isArray(expected)) assert.deepEqual([made], expected, name);
    else assert.partialDeepStrictEqual(made.labels, (expected as { labels: object }).labels, name);
  }
});

test('by itself an alert has a start, and the uuid to look it up by', () => {
  assert.deepEqual(posted({}), {
    labels: {
      evt_time: '1786406649137331079',
      fd_name: '/etc/shadow',
      proc_name: 'cat',
      proc_tty: '34818',
      user_loginuid: '-1',
      user_name: 'jenkins',
      uuid: alertWith().uuid,
      source: 'falco',
      rule: 'Read sensitive file untrusted',
      alertname: 'Read sensitive file untrusted',
      eventsource: 'syscall',
      hostname: 'gpu-node-1',
      tags: 'T1555,container,filesystem',
      priority: 'Warning',
      severity: 'warning',
    },
    annotations: {
      info: alertWith().output,
      description: alertWith().output,
      summary: 'Read sensitive file untrusted',
    },
    startsAt: '2026-08-11T00:04:09.137331079Z',
    endsAt: '0001-01-01T00:00:00Z',
  });
});

test('the severity follows the priority, by a map of ones own where there is one', () => {
  const severities = PRIORITIES.map((priority) => posted({ priority }).labels['severity']);
  const { length } = severities.filter((severity) => severity === 'critical');
  assert.deepEqual([length, severities[3], severities.at(-1)], [3, 'warning', 'information']);
  const own = { severities: { error: 'page' } };
  assert.equal(posted({ priority: 'error' }, own).labels['severity'], 'page');
  assert.equal(posted({ priority: 'debug' }, own).labels['severity'], 'information');
});

test('with labelFields few fields say which alerts are the same, the others are annotations', () => {
  const { labels, annotations } = posted({}, { labelFields: ['user.name'] });
  assert.equal(labels['user_name'], 'jenkins');
  assert.deepEqual([labels['evt_time'], labels['uuid']], [undefined, undefined]);
  assert.equal(annotations['evt_time'], '1786406649137331079');
  assert.deepEqual(
    [annotations['fd_name'], annotations['uuid']],
    ['/etc/shadow', alertWith().uuid],
  );
});

test('no field can pass itself off as a label of ours, and every name is a name', () => {
  const fields = { alertname: 'forged', severity: 'none', '0day': '1', 'a{b"\n': 'x', __: 'y' };
  const { labels } = posted({ fields });
  assert.equal(labels['alertname'], 'Read sensitive file untrusted');
  assert.equal(labels['severity'], 'warning');
  assert.deepEqual([labels['_0day'], labels['a_b']], ['1', 'x']);
  assert.ok(!Object.values(labels).includes('y'));
});

test('labels and annotations of ones own go before all others', () => {
  const own = { labels: { severity: 'page', team: 'sec' }, annotations: { summary: 'Look' } };
  const { labels, annotations } = posted({}, own);
  assert.deepEqual([labels['severity'], labels['team']], ['page', 'sec']);
  assert.equal(annotations['summary'], 'Look');
});

test('dropped events raise the priority by how many they are', () => {
  const dropped = (count: unknown, priority: Priority = 'debug') => {
    const { labels } = posted({ priority, fields: { n_drops: count as number, n_evts: 9 } });
    return [labels['n_drops'], labels['priority'], labels['n_evts']];
  };
  assert.deepEqual(dropped(0), ['0', 'Warning', undefined]);
  assert.deepEqual(dropped('0', 'critical'), ['0', 'Critical', undefined]);
  assert.deepEqual(dropped(1), ['1', 'Critical', undefined]);
  assert.deepEqual(dropped(2), ['>1', 'Warning', undefined]);
  assert.deepEqual(dropped(101, 'emergency'), ['>100', 'Emergency', undefined]);
  assert.deepEqual(dropped(JSON.rawJSON('9223372036854775807')), ['>10000', 'Critical', undefined]);
  assert.deepEqual(dropped('many'), [undefined, 'Debug', undefined]);
  assert.deepEqual(dropped(true), [undefined, 'Debug', undefined]);
});

test('an alert whose clock is ahead starts when it came in', () => {
  assert.equal(posted({ time: '2027-01-01T00:00:00Z' }).startsAt, '2026-08-11T00:04:09.150Z');
});

test('an end counts from sending, so that Alertmanager never takes an alert for over', () => {
  const { endsAt } = posted({ time: '2020-01-01T00:00:00Z' }, { expiresAfter: '1h' });
  assert.equal(endsAt, '2026-08-11T01:04:10.000Z');
});

test("in Falcosidekick's format an end counts from the alert, unless it waited until it was over", () => {
  const own = { expiresAfter: '60s', format: 'falcosidekick' };
  const end = (time: string, nowMs?: number) => posted({ time }, own, undefined, nowMs).endsAt;
  assert.equal(end('2026-08-11T00:04:09.137331079Z'), '2026-08-11T00:05:09.137331079Z');
  assert.equal(end('2026-08-11T00:04:09.1000Z'), '2026-08-11T00:05:09.1Z');
  assert.equal(end('2026-08-11T00:04:09.000Z'), '2026-08-11T00:05:09Z');
  assert.equal(end('2001-01-01T01:10:00Z'), '2001-01-01T01:11:00Z');
  const laterMs = NOW_MS + 3_600_000;
  assert.equal(end('2026-08-11T00:04:09Z', laterMs), '2026-08-11T01:05:10.000Z');
});

test('a late alert says by how much', () => {
  assert.equal(posted({}, {}, 720_000).annotations['late'], '12 min');
  assert.equal(posted({}).annotations['late'], undefined);
});
