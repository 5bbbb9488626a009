import assert from 'node:assert/strict';
import test from 'node:test';
import { type Alert, PRIORITIES } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import { goldenCases } from '../../test/support/golden.ts';
import datadoglogs from './index.ts';
import { logsBody } from './payload.ts';
import type { DatadogLogsSettings } from './settings.ts';

function settings(more: object = {}): DatadogLogsSettings {
  return settingsOf(datadoglogs, { apiKey: 'k', ...more }).values as DatadogLogsSettings;
}

const TIME_MS = Date.parse('2026-08-11T00:04:09.137Z');
const HOUR_MS = 3_600_000;

function logOf(alert: Partial<Alert>, more: object = {}, ageMs = 0, lateMs?: number) {
  const delivery = deliveryOf(alertWith(alert), lateMs);
  const [log] = JSON.parse(logsBody(settings(more), [delivery], TIME_MS + ageMs)) as object[];
  return log as Record<string, unknown>;
}

test('a Falcosidekick configuration makes the log Falcosidekick makes', async () => {
  const enabling = { datadoglogs: { apikey: 'k', service: '' } };
  for (const { delivery, settings, expected } of await goldenCases('datadoglogs', enabling)) {
    assert.equal(settings['url'], 'https://http-intake.logs.datadoghq.com/api/v2/logs');
    const body = logsBody(settings as DatadogLogsSettings, [delivery], Date.now());
    const [{ message, ...log } = { message: '' }] = JSON.parse(body) as { message: string }[];
    assert.equal(message, delivery.json);
    const { message: _, ...others } = expected as Record<string, unknown>;
    assert.deepEqual(log, others);
  }
});

test('an alert is filed under its own time and severity', () => {
  const { message, ...log } = logOf({ tags: ['a', 'b'] }, { service: 'falco-eu' });
  assert.equal(typeof message, 'string');
  assert.deepEqual(log, {
    ddsource: 'falco',
    hostname: 'gpu-node-1',
    service: 'falco-eu',
    ddtags: 'a,b',
    status: 'warning',
    timestamp: TIME_MS,
  });
});

test('severities are those of syslog', () => {
  const statuses = PRIORITIES.map((priority) => logOf({ priority })['status']);
  assert.deepEqual(statuses, PRIORITIES.join().replace('informational', 'info').split(','));
});

test('what Datadog would drop for its age comes without its time, and marked', () => {
  assert.equal(logOf({}, {}, 18 * HOUR_MS)['timestamp'], TIME_MS);
  const { timestamp, ddtags, message } = logOf({ tags: ['a'] }, {}, 18 * HOUR_MS + 1);
  assert.deepEqual([timestamp, ddtags], [undefined, 'a,late']);
  assert.match(String(message), /"time":"2026-08-11T00:04:09.137331079Z".*"tags":\["a","late"\]/);
});

test('without metadata only what waited is marked', () => {
  const none = { metadata: 'none' };
  assert.equal(logOf({ tags: [] }, none, 99 * HOUR_MS)['ddtags'], undefined);
  assert.equal(logOf({ tags: [] }, none, 99 * HOUR_MS, 600_000)['ddtags'], 'late');
});

test('a tag cannot become two, and an alert without tags has none', () => {
  const { ddtags } = logOf({ tags: ['a,admin:true', 'b\nc', 'x'.repeat(300)] });
  assert.equal(ddtags, `a_admin:true,b c,${'x'.repeat(199)}…`);
  const { hostname, ddtags: none } = logOf({ tags: [], hostname: '' });
  assert.deepEqual([hostname, none], [undefined, undefined]);
});

test('a log of more than Datadog takes has its texts cut', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 512 }, (_, n) => [`field${n}`, '"'.repeat(4096)]),
  );
  const { message } = logOf({ fields });
  assert.ok(Buffer.byteLength(JSON.stringify(message)) <= 900_000);
  assert.match(String(message), /…/);
});
