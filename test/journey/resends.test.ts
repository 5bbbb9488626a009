import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metric, startHub } from '../support/hub-process.ts';

const UUID = '0a0a0a0a-0000-4000-8000-000000000001';

function alert(own: object = {}): string {
  const fields = { uuid: UUID, hostname: 'node-1', time: '2026-01-01T00:00:00Z', ...own };
  return JSON.stringify({ rule: 'R', priority: 'Warning', source: 'syscall', ...fields });
}

interface Answer {
  readonly accepted: number;
  readonly duplicate: number;
}

test('a resend is recognised after kill -9 and a restart; another alert under its id is not', async (t) => {
  const hub = await startHub(t, { outputs: { out: { type: 'stdout' } } });
  const post = async (body: string): Promise<Answer> => {
    const url = `${hub.origin()}/api/v1/alerts`;
    return (await (await fetch(url, { method: 'POST', body })).json()) as Answer;
  };
  const other = alert({ rule: 'Other' });
  for (const body of [alert(), other]) assert.equal((await post(body)).accepted, 1);

  for (let restart = 0; restart < 2; restart += 1) {
    await hub.kill();
    await hub.start();
    assert.ok((await metric(hub, 'tocsin_sensor_last_seen_seconds')) > 0, 'sensors, too');
    for (const body of [alert(), other, alert()]) assert.equal((await post(body)).duplicate, 1);
    assert.equal(await metric(hub, 'tocsin_alerts_duplicate_total'), 3);
    const third = alert({ rule: `Third ${restart}` });
    assert.equal((await post(third)).accepted, 1);
    assert.equal(await metric(hub, 'tocsin_alerts_id_reused_total'), 1);
  }
});
