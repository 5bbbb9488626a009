import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDoor, post } from '../../../test/support/http-ingest.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';

const LINE =
  '18:08:40.584075795: Notice A shell was spawned in a container with an attached terminal (user=root k8s.ns=default)';
const TEXT = { 'content-type': 'text/plain' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

suite('lines of text', () => {
  const alerts = [
    ['as Falco posts it', LINE, TEXT],
    ['for Slack', JSON.stringify({ text: LINE }), { 'content-type': 'application/json' }],
    ['for Slack, as curl -d sends it', `{  "text": ${JSON.stringify(LINE)}}`, FORM],
    ['for Slack, as jq writes it', `{\n  "text": ${JSON.stringify(LINE)}\n}\n`, FORM],
  ] as const;
  for (const [about, body, headers] of alerts) {
    for (const path of ['/', '/in/slack']) {
      test(`${about}, on ${path}`, async (t) => {
        const { admitter, stored } = memoryAdmission();
        const door = await openDoor(t, {}, { admission: admitter });
        const answer = await post(door.port, body, headers, path);
        assert.deepEqual([answer.status, answer.body], [200, '']);
        const alert = JSON.parse(stored[0]!.json) as Record<string, unknown>;
        assert.equal(alert['rule'], 'Terminal shell in container');
        assert.equal(alert['priority'], 'Notice');
        assert.equal(alert['output'], LINE);
        assert.deepEqual(alert['tags'], ['parsed_from_text']);
        assert.deepEqual(alert['output_fields'], { 'k8s.ns.name': 'default', 'user.name': 'root' });
        assert.match(String(alert['time']), /T18:08:40\.584075795Z$/);
      });
    }
  }

  test('what is no alert is refused, and costs no other line', async (t) => {
    const { admitter, stored } = memoryAdmission();
    const door = await openDoor(t, {}, { admission: admitter });
    for (const [body, headers] of [
      ['Falco initialized', TEXT],
      ['{"text":"hello"}', FORM],
    ] as const) {
      const answer = await post(door.port, body, headers);
      assert.equal(answer.status, 422);
      assert.equal((JSON.parse(answer.body) as { code: string }).code, 'not_an_alert');
    }
    const answer = await post(door.port, `Falco initialized\n${LINE}\n\n${LINE}\n`, TEXT);
    assert.equal(answer.status, 200);
    assert.equal((JSON.parse(answer.body) as { accepted: number }).accepted, 2);
    assert.equal(stored.length, 2);
  });

  test('a document of Falco with a text beside its rule is Falco’s', async (t) => {
    const { admitter, stored } = memoryAdmission();
    const door = await openDoor(t, {}, { admission: admitter });
    await post(door.port, JSON.stringify({ text: LINE, rule: 'R', priority: 'Error' }));
    assert.equal(stored[0]!.rule, 'R');
  });
});
