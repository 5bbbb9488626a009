import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import postgres from '../../outputs/postgres/index.ts';
import timescaledb from '../../outputs/timescaledb/index.ts';
import { deliveryOf, oddAlerts } from '../contract/alerts.ts';
import { verdictOf } from '../contract/attempt.ts';
import { type ServiceValues, startService } from '../services/service.ts';
import { outlivesKill } from '../support/arrivals.ts';
import { numbered, openOutput } from '../support/open-output.ts';

/** What a real PostgreSQL makes of the output; `psql` reads it back. */

const TABLE = `CREATE TABLE %s (delivery_key text PRIMARY KEY, uuid uuid NOT NULL,
  time timestamptz NOT NULL, received_at timestamptz NOT NULL, priority text NOT NULL,
  rule text NOT NULL, source text NOT NULL, hostname text, output text NOT NULL,
  tags text[] NOT NULL, output_fields jsonb NOT NULL);`;

/** A line that says of each row what `outlivesKill` looks for. The column's time has microseconds. */
const AS_JSON = `'{"uuid":"' || uuid || '","evt.time":' || (output_fields->>'evt.time') ||
  ',"time":"' || to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.') ||
  right(output_fields->>'evt.time', 9) || 'Z"}'`;

test('postgres: a real server', { timeout: 600_000 }, async (t) => {
  const service = await startService(t, 'postgres');
  if (service === undefined) return;
  const { POSTGRES_ADDRESS: address, POSTGRES_USER: username } = service;
  const { POSTGRES_PASSWORD: password, POSTGRES_DATABASE: database } = service;
  const plain = { address, encryption: 'none', username, password, database };
  const sql = (text: string): Promise<string[]> => psql(service, text);
  for (const table of ['odd', 'falco_alerts', 'kill', '"Capital Letters"']) {
    await sql(TABLE.replace('%s', table));
  }

  await t.test('odd alerts are rows, each once, with every digit', async (t) => {
    const { send } = await openOutput(t, postgres, { ...plain, table: 'odd' });
    const deliveries = oddAlerts(20_261_129, 200).map((alert) => deliveryOf(alert));
    const alert = {
      ...deliveries[0]!.alert,
      fields: { exact: JSON.rawJSON('0.1000000000000000055') },
    };
    const all = [...deliveries, deliveryOf(alert)];
    for (const _ of [1, 2]) assert.equal(verdictOf(await send(all)), 'delivered');
    assert.deepEqual(await sql('SELECT count(*) FROM odd'), [String(all.length)]);
    const exact = "SELECT output_fields->>'exact' FROM odd WHERE output_fields ? 'exact'";
    assert.deepEqual(await sql(exact), ['0.1000000000000000055']);
  });

  await t.test('a number that no column takes is refused, and no other row', async (t) => {
    const { send } = await openOutput(t, postgres, { ...plain, table: 'Capital Letters' });
    const [one, two] = numbered(2) as [
      ReturnType<typeof deliveryOf>,
      ReturnType<typeof deliveryOf>,
    ];
    const huge = deliveryOf({ ...one.alert, fields: { n: JSON.rawJSON('1e999999') } });
    const result = await send([one, huge, two]);
    assert.ok(result.outcome === 'partial');
    assert.deepEqual(result.results.map(verdictOf), ['delivered', 'reject/payload', 'delivered']);
  });

  await t.test('over TLS, by a role that may only insert', async (t) => {
    const login = { address, username: service['POSTGRES_LIMITED_USER'], password, database };
    const trusted = { caFiles: [service['POSTGRES_CA'] ?? ''] };
    const { send } = await openOutput(t, postgres, login, trusted);
    assert.equal(verdictOf(await send()), 'retry/auth');
    await sql('GRANT INSERT ON falco_alerts TO limited');
    assert.equal(verdictOf(await send(numbered(3))), 'delivered');
    const unsure = await openOutput(t, postgres, login);
    assert.equal(verdictOf(await unsure.send()), 'retry/network');
  });

  await t.test("Falcosidekick's table, with a column for the key", async (t) => {
    await sql(
      'CREATE TABLE events (time timestamptz, rule text, priority varchar(20), source varchar(20), output text, tags text, hostname text, delivery_key text)',
    );
    await sql('CREATE UNIQUE INDEX ON events (time, delivery_key)');
    const { send } = await openOutput(t, timescaledb, {
      ...plain,
      table: 'events',
      keyColumn: 'delivery_key',
      fieldColumns: [],
    });
    for (const _ of [1, 2]) assert.equal(verdictOf(await send(numbered(3))), 'delivered');
    assert.deepEqual(await sql('SELECT count(*), max(priority), max(tags) FROM events'), [
      '3|Warning|T1555,container,filesystem',
    ]);
  });

  const wrong: Readonly<Record<string, readonly [object, string]>> = {
    'a wrong password': [{ password: 'planted-secret' }, 'retry/auth'],
    'no password': [{ password: undefined }, 'retry/auth'],
    'a database that is not there': [{ database: 'other' }, 'retry/client'],
    'a table that is not there': [{ table: 'other' }, 'retry/client'],
  };
  for (const [what, [own, verdict]] of Object.entries(wrong)) {
    await t.test(`${what}: ${verdict}`, async (t) => {
      const settings = JSON.parse(JSON.stringify({ ...plain, ...own })) as object;
      const { send } = await openOutput(t, postgres, settings);
      const result = await send(numbered(2));
      assert.equal(verdictOf(result), verdict, JSON.stringify(result));
      assert.doesNotMatch(JSON.stringify(result), /planted/);
    });
  }

  await t.test('a server that is killed and started again gets the rest, once', async (t) => {
    const output = { type: 'postgres', ...plain, table: 'kill' };
    const read = (): Promise<string[]> => sql(`SELECT ${AS_JSON} FROM kill`);
    await outlivesKill(t, { output, service, read });
    const [counts] = await sql('SELECT count(*) - count(DISTINCT uuid) FROM kill');
    assert.equal(counts, '0');
  });
});

const execute = promisify(execFile);

async function psql(service: ServiceValues, text: string): Promise<string[]> {
  const { POSTGRES_ADDRESS = '', POSTGRES_USER = '', POSTGRES_DATABASE = '' } = service;
  const { POSTGRES_BIN = '', POSTGRES_PASSWORD } = service;
  const [host = '', port = ''] = POSTGRES_ADDRESS.split(':');
  const server = ['-h', host, '-p', port, '-U', POSTGRES_USER, '-d', POSTGRES_DATABASE];
  const { stdout } = await execute(join(POSTGRES_BIN, 'psql'), [...server, '-qAtc', text], {
    env: { ...process.env, PGPASSWORD: POSTGRES_PASSWORD },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').filter((line) => line !== '');
}
