import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AGENTS } from '../../../test/support/agent-settings.ts';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';
import { takeLogs } from './logs.ts';

const SENDER = { input: 'http', peer: '192.0.2.1' } as const;

type Attributes = readonly { readonly key: string; readonly value: object }[];

async function take(attributes: Attributes, records: number) {
  const { stored, admitter } = memoryAdmission();
  const logRecords = Array.from({ length: records }, (_, at) => ({
    timeUnixNano: '1786406401512000000',
    severityNumber: 17,
    body: { stringValue: `disk ${at}` },
  }));
  const logs = { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] };
  const context = { ...AGENTS, sender: SENDER, nowMs: Date.now(), alertsMax: 10_000 };
  const before = cpuMs();
  await takeLogs(logs, context, admitter);
  return { tookMs: cpuMs() - before, stored };
}

function texts(count: number, chars: number): Attributes {
  const stringValue = 'v'.repeat(chars);
  return Array.from({ length: count }, (_, at) => ({ key: `k${at}`, value: { stringValue } }));
}

suite('a resource with many records', () => {
  for (const [what, attributes] of [
    ['of twenty thousand attributes', texts(20_000, 10)],
    ['with a text of a megabyte', texts(1, 1_000_000)],
  ] as const) {
    test(`${what} is read once`, async () => {
      const alone = await take(texts(20, 100), 500);
      const { tookMs, stored } = await take(attributes, 500);
      assert.equal(stored.length, 500);
      assert.ok(tookMs < 30 * alone.tookMs + 200, `${tookMs} ms, ${alone.tookMs} ms without`);
      const bytes = stored.reduce((sum, { json }) => sum + json.length, 0);
      assert.ok(bytes < 500 * 12_000, `${bytes} bytes`);
      assert.ok(stored.every(({ json }) => json.includes('"otel.resource_cut":true')));
    });
  }

  test('of usual size is in each alert as it is', async () => {
    const { stored } = await take(texts(30, 200), 2);
    const alerts = stored.map(({ json }) => JSON.parse(json));
    for (const { output_fields: fields } of alerts) {
      assert.equal(fields['resource.k29'].length, 200);
      assert.equal(fields['otel.resource_cut'], undefined);
    }
    assert.notEqual(stored[0]!.uuid, stored[1]!.uuid);
  });

  test('tells its records from those of another one, also by what was cut', async () => {
    const { stored } = await take(texts(70, 200), 1);
    const { stored: others } = await take([...texts(69, 200), ...texts(1, 9)], 1);
    assert.notEqual(stored[0]!.uuid, others[0]!.uuid);
  });
});
