import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { openDoor, post } from '../../../test/support/http-ingest.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';

interface Payload {
  readonly alerts: readonly Readonly<Record<string, unknown>>[];
}

const { payloads } = JSON.parse(
  readFileSync(new URL('../../../test/data/alertmanager/webhook.json', import.meta.url), 'utf8'),
) as { readonly payloads: readonly Payload[] };
const SIZES = { bodyBytesMax: 1 << 20, batchBytesMax: 8 << 20, batchAlertsMax: 1000 };

function withAlerts(...alerts: readonly unknown[]): string {
  return JSON.stringify({ version: '4', groupKey: '{}', alerts });
}

suite('Alertmanager', () => {
  for (const path of ['/alertmanager', '/', '/in/am']) {
    test(`the corpus on ${path}: an alert for each of theirs, and none again`, async (t) => {
      const { admitter, stored } = memoryAdmission();
      const door = await openDoor(t, SIZES, { admission: admitter });
      for (const payload of [...payloads, ...payloads]) {
        const answer = await post(door.port, JSON.stringify(payload), {}, path);
        assert.deepEqual([answer.status, answer.body], [200, '']);
      }
      const sent = payloads.flatMap(({ alerts }) => alerts);
      const keys = new Set(sent.map((one) => JSON.stringify(one)));
      assert.equal(stored.length, keys.size);
      const first = JSON.parse(stored[0]!.json);
      assert.equal(first.rule, 'FalcoEventRateHigh');
      assert.equal(first.priority, 'Critical');
      assert.equal(first.hostname, 'worker-01');
      assert.equal(first.time, '2026-08-11T02:00:00.123Z');
      assert.equal(first.output, 'FalcoEventRateHigh on worker-01:9376');
      assert.equal(first.output_fields['k8s.ns.name'], 'falco');
      assert.equal(first.output_fields['labels.severity'], 'critical');
      const resolved = stored.map(({ json }) => JSON.parse(json)).filter((one) => one.tags);
      assert.equal(resolved.length, sent.filter(({ status }) => status === 'resolved').length);
      assert.deepEqual([resolved[0].tags, resolved[0].priority], [['resolved'], 'Warning']);
      assert.equal(resolved[0].output, '[RESOLVED] KubePodCrashLooping on -');
      assert.equal(resolved[0].time, '2026-08-11T02:10:00Z');
      assert.equal(resolved[0].output_fields['alertmanager.fingerprint'], '19de2bc1b4ff00ae');
      assert.equal(resolved[0].output_fields['alertmanager.starts'], '2026-08-11T02:00:00.123Z');
    });
  }

  test('another version is refused, and a bad element costs no other', async (t) => {
    const { admitter, stored } = memoryAdmission();
    const door = await openDoor(t, SIZES, { admission: admitter });
    const five = '{"version":"5","alerts":[]}';
    assert.equal((await post(door.port, five, {}, '/alertmanager')).status, 422);
    const mixed = withAlerts(null, payloads[0]!.alerts[0], 5);
    assert.equal((await post(door.port, mixed, {}, '/alertmanager')).status, 200);
    assert.equal(stored.length, 1);
    assert.equal(door.rejected.length, 3);
  });

  test('what this hub sent to Alertmanager of Alertmanager’s own does not go round', async (t) => {
    const { admitter, stored } = memoryAdmission();
    const door = await openDoor(t, SIZES, { admission: admitter });
    const labels = { alertname: 'R', eventsource: 'alertmanager' };
    const body = withAlerts({ status: 'firing', labels });
    assert.equal((await post(door.port, body, {}, '/alertmanager')).status, 200);
    assert.equal(stored.length, 0);
    assert.equal(door.rejected[0]?.code, 'loop');
  });

  test('what stood in an event of another sender has no start by which to close incidents', async (t) => {
    const { admitter, stored } = memoryAdmission();
    const door = await openDoor(t, SIZES, { admission: admitter });
    const data: unknown = JSON.parse(withAlerts(payloads[0]!.alerts[0]));
    const event = { specversion: '1.0', type: 't', source: 's', id: '1', data };
    assert.equal((await post(door.port, JSON.stringify(event), {}, '/')).status, 200);
    const { output_fields: fields } = JSON.parse(stored[0]!.json);
    assert.equal(fields['alertmanager.fingerprint'], 'f6cdb2f803e0d681');
    assert.equal(fields['alertmanager.starts'], undefined);
  });

  test('thousands of long labels are cut to the limits of an alert', async (t) => {
    const { admitter, stored } = memoryAdmission();
    const door = await openDoor(t, SIZES, { admission: admitter });
    const names = Array.from({ length: 1000 }, (_, at) => [`label${at}`, 'a'.repeat(5000)]);
    const body = withAlerts({ status: 'firing', labels: Object.fromEntries(names) });
    assert.equal((await post(door.port, body, {}, '/alertmanager')).status, 200);
    const { output_fields: fields, tags } = JSON.parse(stored[0]!.json);
    assert.equal(Object.keys(fields).length, 512);
    assert.equal(fields['labels.label0'].length, 4096);
    assert.deepEqual(tags, ['truncated']);
  });

  test('no member needs to be what it should be, but the alert stays one', async (t) => {
    const { admitter, stored } = memoryAdmission();
    const door = await openDoor(t, SIZES, { admission: admitter });
    const alert = payloads[0]!.alerts[0]!;
    const strange: unknown[] = [null, 5, 'x', [], {}, { toString: 1, alertname: 7 }, true];
    const all = Object.keys(alert).flatMap((name) =>
      strange.map((value, at) => ({
        ...alert,
        startsAt: `2026-01-0${at + 1}T00:00:00Z`,
        [name]: value,
      })),
    );
    assert.equal((await post(door.port, withAlerts(...all), {}, '/alertmanager')).status, 200);
    assert.ok(stored.length > 20);
    assert.equal(door.rejected.length, 0);
  });
});
