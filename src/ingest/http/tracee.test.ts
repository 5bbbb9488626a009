import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { openDoor, post } from '../../../test/support/http-ingest.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';

const lines = readFileSync(new URL('../../../test/data/tracee/events.ndjson', import.meta.url))
  .toString()
  .trim()
  .split('\n');

type Stored = Readonly<Record<string, unknown>> & {
  readonly output_fields: Readonly<Record<string, unknown>>;
};

async function alertsOf(
  t: Parameters<typeof openDoor>[0],
  bodies: readonly string[],
  path: string,
) {
  const { admitter, stored } = memoryAdmission();
  const door = await openDoor(t, {}, { admission: admitter });
  for (const body of bodies) assert.equal((await post(door.port, body, {}, path)).status, 200);
  assert.ok(stored.every(({ ingest }) => ingest.includes('"agent":"tracee"')));
  return stored.map(({ json }) => JSON.parse(json) as Stored);
}

suite('Tracee', () => {
  for (const path of ['/tracee', '/', '/in/tracee']) {
    test(`the corpus on ${path}: every threat, and no event without one`, async (t) => {
      const alerts = await alertsOf(t, lines, path);
      assert.deepEqual(
        alerts.map(({ priority }) => priority),
        ['Notice', 'Error', 'Error', 'Notice', 'Error'],
      );
      const [first] = alerts;
      assert.equal(first!['rule'], 'Anti-Debugging detected');
      assert.equal(first!['source'], 'tracee');
      assert.equal(first!['time'], '2026-08-11T00:00:01.485738844Z');
      assert.equal(first!['hostname'], '127.0.0.1');
      assert.deepEqual(first!['tags'], ['T1622', 'default-policy', 'mitre_defense_evasion']);
      assert.equal(
        first!['output'],
        'Tracee Anti-Debugging detected: A process used anti-debugging techniques. (process=bash container=web)',
      );
      const fields = first!.output_fields;
      assert.equal(fields['k8s.ns.name'], 'shop');
      assert.equal(fields['container.image.repository'], 'docker.io/library/nginx');
      assert.equal(fields['container.image.tag'], '1.27.1');
      assert.equal(fields['tracee.data.request'], 'PTRACE_TRACEME');
      assert.equal(fields['tracee.signature_id'], 'TRC-102');
      assert.equal(fields['user.uid'], 0);
    });
  }

  test('an event without a threat is counted as one, where it is answered with success', async (t) => {
    const { admitter, stored } = memoryAdmission();
    const door = await openDoor(t, {}, { admission: admitter });
    const quiet = { ...JSON.parse(lines[0]!), threat: undefined };
    await post(door.port, `${JSON.stringify(quiet)}\n${JSON.stringify(quiet)}`);
    assert.deepEqual(door.quiet, [{ agent: 'tracee', hostname: '127.0.0.1', count: 2 }]);
    assert.equal(stored.length, 0);
    const batch = `[${JSON.stringify(quiet)},{"rule":"R"}]`;
    assert.equal((await post(door.port, batch)).status, 422);
    assert.equal(door.quiet.length, 1);
  });

  test('another document with a workload is not taken for an event of it', async (t) => {
    const door = await openDoor(t, {}, { admission: memoryAdmission().admitter });
    for (const document of [
      { workload: {} },
      { workload: { name: 'web', kind: 'Deployment' }, name: 'scan', severity: 'HIGH' },
      { detected_from: {}, id: 1, name: 'x' },
    ]) {
      assert.equal((await post(door.port, JSON.stringify(document))).status, 422);
    }
    assert.deepEqual(door.quiet, []);
    assert.equal(door.rejected.length, 3);
  });

  test('lists are lists, and the older form keeps its nanoseconds', async (t) => {
    const alerts = await alertsOf(t, lines, '/');
    const argv = alerts[3]!.output_fields['tracee.data.argv'];
    assert.ok(Array.isArray(argv) && argv.length === 3);
    const legacy = alerts[4]!;
    assert.match(String(legacy['time']), /^2023-08-08T16:46:46\.132432187Z$/);
    assert.equal(legacy['hostname'], '3ad7b26ded6d');
    assert.equal(legacy.output_fields['k8s.pod.name'], 'web-frontend-7c9d4b6f5-x2kqp');
    assert.equal(legacy.output_fields['tracee.data.Port'], '4444');
    assert.ok((legacy['tags'] as string[]).includes('T1059.004'));
  });

  test('the forms of the documentation: time in two parts, numbers within objects', async (t) => {
    const event = JSON.parse(lines[0]!) as { workload: { process: object } };
    const own = {
      ...event,
      timestamp: { seconds: 1_754_870_400, nanos: 5 },
      workload: { process: { ...event.workload.process, pid: { value: 7 } } },
    };
    const [alert] = await alertsOf(t, [JSON.stringify(own)], '/tracee');
    assert.equal(alert!['time'], '2025-08-11T00:00:00.000000005Z');
    assert.equal(alert!.output_fields['proc.pid'], 7);
  });

  test('no member needs to be what it should be, but the alert stays one', async (t) => {
    const { admitter, stored } = memoryAdmission();
    const door = await openDoor(t, {}, { admission: admitter });
    const event = JSON.parse(lines[0]!) as Record<string, unknown>;
    const strange: unknown[] = [null, 5, 'x', [], [[]], {}, { toString: 1 }, true];
    strange.push({ seconds: 1e300, nanos: -1 }, { seconds: 1.5, nanos: 0.1 }, { value: [] });
    let sent = 0;
    for (const name of ['workload', 'data', 'policies', 'name', 'id', 'timestamp']) {
      for (const value of strange) {
        // Without a workload the other mark is what tells whose event it is.
        const answer = await post(
          door.port,
          JSON.stringify({ ...event, [name]: value }),
          {},
          '/tracee',
        );
        assert.equal(answer.status, 200);
        sent += 1;
      }
    }
    assert.equal(stored.length, sent);
    assert.equal((await post(door.port, '{"rule":"R"}', {}, '/tracee')).status, 422);
  });
});
