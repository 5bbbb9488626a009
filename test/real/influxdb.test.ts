import assert from 'node:assert/strict';
import test from 'node:test';
import influxdb from '../../outputs/influxdb/index.ts';
import { deliveryOf, oddAlerts } from '../contract/alerts.ts';
import { verdictOf } from '../contract/attempt.ts';
import { startService } from '../services/service.ts';
import { numbered, openOutput } from '../support/open-output.ts';

/** What a real InfluxDB makes of the output. */

test('influxdb: a real server', { timeout: 600_000 }, async (t) => {
  const service = await startService(t, 'influxdb');
  if (service === undefined) return;
  const { INFLUXDB_URL: url = '', INFLUXDB_DATABASE: database = '' } = service;
  const { INFLUXDB_USER: username = '', INFLUXDB_PASSWORD: password = '' } = service;
  const login = { url, database, username, password };

  async function query(text: string): Promise<unknown[][]> {
    const at = new URL('/query', url);
    at.search = String(new URLSearchParams({ db: database, q: text }));
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const answer = await fetch(at, { headers: { authorization } });
    const { results } = (await answer.json()) as {
      results: { series?: { values: unknown[][] }[] }[];
    };
    return results[0]?.series?.[0]?.values ?? [];
  }

  for (const tagFields of [['k8s.ns.name'], ['*']]) {
    await t.test(`odd alerts are points, each once (tags: ${tagFields[0]})`, async (t) => {
      const measurement = `odd ${tagFields[0]}, "x"=1`;
      const { send } = await openOutput(t, influxdb, { ...login, measurement, tagFields });
      const deliveries = oddAlerts(20_261_129, 100).map((alert) => deliveryOf(alert));
      for (const _ of [1, 2]) assert.equal(verdictOf(await send(deliveries)), 'delivered');
      const quoted = measurement.replaceAll('"', String.raw`\"`);
      const values = await query(`SELECT uuid FROM "${quoted}"`);
      assert.equal(values.length, deliveries.length);
      assert.deepEqual(
        new Set(values.map(([, uuid]) => uuid)),
        new Set(deliveries.map(({ alert }) => alert.uuid)),
      );
    });
  }

  const wrong: Readonly<Record<string, readonly [object, string]>> = {
    'a wrong password': [{ password: 'planted-secret' }, 'retry/auth'],
    'a database that is not there': [{ database: 'other' }, 'retry/client'],
  };
  for (const [what, [own, verdict]] of Object.entries(wrong)) {
    await t.test(`${what}: ${verdict}`, async (t) => {
      const { send } = await openOutput(t, influxdb, { ...login, ...own });
      assert.equal(verdictOf(await send(numbered(2))), verdict);
    });
  }
});
