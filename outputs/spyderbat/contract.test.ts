import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { startDestination } from '../../test/contract/server.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { openOutput } from '../../test/support/open-output.ts';
import spyderbat from './index.ts';
import { recordsOf } from './payload.ts';

const SOURCES = '/api/v1/org/org1/source/';
const settings = (url: string) => ({ url, organization: 'org1', apiKey: 'planted-api-key' });

test('spyderbat: the source is made once, then alerts go there', async (t) => {
  const { origin, received } = await startDestination(t, ({ method }) => ({
    status: 200,
    body: method === 'GET' ? '[{"uid":"another"}]' : '{}',
  }));
  const { send } = await openOutput(t, spyderbat, settings(origin));
  for (const _ of [1, 2]) assert.equal(verdictOf(await send()), 'delivered');
  const data = `POST ${SOURCES}falcosidekick_org1/data/sb-agent`;
  assert.deepEqual(
    received.map(({ method, path }) => `${method} ${path}`),
    [`GET ${SOURCES}`, `POST ${SOURCES}`, data, data],
  );
  assert.ok(received.every(({ headers }) => headers['authorization'] === 'Bearer planted-api-key'));
  assert.equal(JSON.parse(received[1]?.body ?? '').uid, 'falcosidekick_org1');
  assert.equal(received[2]?.headers['content-encoding'], 'gzip');
});

test('spyderbat: nothing that is about the source is the fault of an alert', async (t) => {
  for (const [status, verdict] of [
    [400, 'retry/client'],
    [401, 'retry/auth'],
    [404, 'retry/client'],
    [500, 'retry/server'],
  ] as const) {
    const { origin } = await startDestination(t, () => ({ status }));
    const { send } = await openOutput(t, spyderbat, settings(origin));
    assert.equal(verdictOf(await send()), verdict);
  }
});

test('spyderbat: a source that is removed is made again', async (t) => {
  let isThere = true;
  const { origin, received } = await startDestination(t, ({ path, method }) => {
    if (path === SOURCES) {
      if (method === 'POST') isThere = true;
      return { status: 200, body: isThere ? '[{"uid":"falcosidekick_org1"}]' : '[]' };
    }
    return { status: isThere ? 200 : 404 };
  });
  const { send } = await openOutput(t, spyderbat, settings(origin));
  assert.equal(verdictOf(await send()), 'delivered');
  isThere = false;
  assert.equal(verdictOf(await send()), 'retry/client');
  assert.equal(verdictOf(await send()), 'delivered');
  assert.equal(
    received.filter(({ method, path }) => `${method} ${path}` === `POST ${SOURCES}`).length,
    1,
  );
});

test('spyderbat: a record is what Falcosidekick makes of an alert', () => {
  const output = '00:04:09.137331079: Warning Sensitive file opened';
  const delivery = deliveryOf(
    alertWith({ output, fields: { 'proc.pid': 7, 'container.id': 'c' } }),
  );
  const { receivedAtMs } = delivery;
  assert.deepEqual(JSON.parse(recordsOf([delivery])), {
    schema: 'falco_alert::1.0.0',
    id: delivery.alert.uuid,
    monotonic_time: receivedAtMs / 1000,
    orc_time: receivedAtMs / 1000,
    time: 1_786_406_649,
    pid: 7,
    level: 'medium',
    msg: ['Sensitive', 'file', 'opened'],
    args: { 'proc.pid': 7, 'container.id': 'c' },
    container: 'c',
  });
  const digits = recordsOf([deliveryOf(alertWith())]);
  assert.match(digits, /"evt\.time":1786406649137331079,/);
});

test('spyderbat: every key of Falcosidekick finds its setting', async () => {
  const { settings: written } = await loadSidekick({
    spyderbat: {
      orguid: 'o',
      apikey: 'k',
      apiurl: 'https://s',
      source: 's',
      sourcedescription: 'd',
    },
  });
  assert.deepEqual(written, {
    url: 'https://s',
    organization: 'o',
    apiKey: 'k',
    source: 's',
    sourceDescription: 'd',
  });
});
