import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { dashboards, filled, FOREIGN, targets } from '../chart/panels.ts';
import { CHART } from '../chart/render.ts';
import { startService } from '../services/service.ts';
import { eventually } from '../support/eventually.ts';
import { closedPort } from '../support/http-destination.ts';
import { type HubProcess, startHub } from '../support/hub-process.ts';

/** A real Prometheus reads a hub: what dashboards and rules ask it has an answer. */

/** Two readings of each second, with room for a busy machine. */
const RANGE = '15s';

/** Panels of what does not happen here: nothing is given up, refused, or without a route. */
const QUIET =
  /suppressed|dead_total|not_durable|duplicate|rejected|invalid_utf8|sensor|quiet|unrouted|failures|id_reused|certificate|reloads/;

test('every panel, and those that people have from before, show what a hub does', async (t) => {
  const hub = await startHub(t, {
    metrics: { falcoEvents: true },
    outputs: {
      good: { type: 'stdout' },
      bad: { type: 'webhook', url: `http://127.0.0.1:${await closedPort()}/` },
    },
  });
  const service = await startService(t, 'prometheus', {
    PROMETHEUS_TARGET: new URL(hub.origin()).host,
  });
  if (service === undefined) return;
  const ask = (expression: string) => answer(service['PROMETHEUS_URL'] ?? '', expression);
  postOn(t, hub);
  const asked = [...targets.map(({ expr }) => expr), ...FOREIGN];
  for (const expression of asked.filter((one) => !QUIET.test(one))) {
    const query = filled(expression, RANGE);
    await eventually(query, async () => (await ask(query)).length > 0, 30_000);
  }
  // What has nothing to show is understood.
  for (const expression of asked.filter((one) => QUIET.test(one))) await ask(filled(expression));
  const { groups } = parse(readFileSync(join(CHART, 'files/alerts.yaml'), 'utf8')) as RuleFile;
  for (const { expr } of groups.flatMap(({ rules }) => rules)) await ask(expr);
  const [legend] = await ask(filled(FOREIGN[0] ?? '', RANGE));
  assert.equal(legend?.metric['rule'], 'A rule');
  assert.equal(dashboards.length, 4);
});

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
}

/** @throws Error with what Prometheus says of an expression that it cannot answer. */
async function answer(url: string, query: string): Promise<readonly Series[]> {
  const body = new URLSearchParams({ query });
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body });
  const { data, error } = (await response.json()) as {
    readonly data?: { readonly result: readonly Series[] };
    readonly error?: string;
  };
  if (data === undefined) throw new Error(`${query}: ${error}`);
  return data.result;
}

/** Alerts until the test ends, of a pod as Falco tells of it. */
function postOn(t: TestContext, hub: HubProcess): void {
  const alert = JSON.stringify({
    rule: 'A rule',
    priority: 'Warning',
    source: 'syscall',
    hostname: 'node-1',
    output: 'Something happened',
    tags: ['shell'],
    output_fields: { 'k8s.ns.name': 'shop', 'k8s.pod.name': 'web-1' },
  });
  const post = () => void fetch(`${hub.origin()}/`, { method: 'POST', body: alert }).catch(nothing);
  const timer = setInterval(post, 200);
  t.after(() => clearInterval(timer));
}

const nothing = (): void => undefined;
