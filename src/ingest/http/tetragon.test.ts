import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { openDoor, post } from '../../../test/support/http-ingest.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';

const body = readFileSync(
  new URL('../../../test/data/tetragon/events.ndjson', import.meta.url),
  'utf8',
);
const events = body
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);

suite('Tetragon', () => {
  for (const path of ['/tetragon', '/']) {
    test(`the corpus on ${path}: what policies match and what was dropped, and nothing else`, async (t) => {
      const { admitter, stored } = memoryAdmission();
      const door = await openDoor(t, {}, { admission: admitter });
      assert.equal((await post(door.port, body, {}, path)).status, 200);
      const alerts = stored.map(({ json }) => JSON.parse(json));
      assert.deepEqual(
        alerts.map(({ rule, priority }) => [rule, priority]),
        [
          ['file-monitoring', 'Error'],
          ['monitor-kernel-modules', 'Critical'],
          ['lsm', 'Critical'],
          ['Tetragon internal: rate limit', 'Warning'],
        ],
      );
      assert.equal(alerts[1].output, 'Kernel module loaded');
      assert.deepEqual(alerts[1].tags, ['observability.kernel']);
      assert.equal(alerts[2].output, 'bprm_check_security("/tmp/x")');
      assert.equal(alerts[2].hostname, events[3]!['node_name']);
      const fields = alerts[2].output_fields;
      assert.equal(fields['user.loginuid'], -1);
      assert.match(fields['proc.exepath'], new RegExp(`/${fields['proc.name']}$`));
      assert.match(fields['container.id'], /^[\da-f]{64}$/);
      assert.equal(fields['tetragon.action'], 'KPROBE_ACTION_SIGKILL');
      assert.ok(stored.every(({ ingest }) => ingest.includes('"agent":"tetragon"')));
      assert.equal(
        door.quiet.reduce((sum, { count }) => sum + count, 0),
        events.length - stored.length,
      );
      assert.ok(door.quiet.every(({ agent, hostname }) => agent === 'tetragon' && hostname !== ''));
    });
  }

  test('no member needs to be what it should be, but the alert stays one', async (t) => {
    const { admitter, stored } = memoryAdmission();
    const door = await openDoor(t, {}, { admission: admitter });
    const kprobe = events[1]!['process_kprobe']!;
    let sent = 0;
    for (const name of [...Object.keys(kprobe), 'tags', 'parent']) {
      for (const value of [null, 5, 'x', [], [[]], [null], {}, { toString: 1 }, true]) {
        const event = {
          process_kprobe: { ...kprobe, [name]: value },
          time: value,
          node_name: value,
        };
        assert.equal((await post(door.port, JSON.stringify(event), {}, '/tetragon')).status, 200);
        sent += 1;
      }
    }
    assert.equal(stored.length, sent);
    assert.equal((await post(door.port, '{"process_kprobe":5}', {}, '/tetragon')).status, 422);
  });
});
