import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract, READS_FIRST } from '../../test/contract/http-contract.ts';
import { type Received, startDestination } from '../../test/contract/server.ts';
import {
  type ReportServer,
  reportServer,
  type StoredReport,
  type StoredResult,
} from '../../test/support/report-server.ts';
import { serviceTokenFile } from '../../test/support/service-token.ts';
import policyreport from './index.ts';

const token = 'planted-service-token';
const tokenFile = serviceTokenFile();
const settings = (apiServer: string) => ({ apiServer, tokenFile, fallbackNamespace: 'falco' });
const BASE = '/apis/wgpolicyk8s.io/v1alpha2';
const IN_SHOP = `${BASE}/namespaces/shop/policyreports/falco-policy-report`;
const IN_FALCO = `${BASE}/namespaces/falco/policyreports/falco-policy-report`;
const OF_CLUSTER = `${BASE}/clusterpolicyreports/falco-cluster-policy-report`;

httpContract(policyreport, {
  settings,
  accepted: (request) => reportServer(token).answer(request),
  check(requests, deliveries) {
    const written = requests.filter(({ method }) => method === 'POST');
    assert.equal(requests.length, written.length * 2);
    assert.deepEqual(
      written.flatMap(keysIn).toSorted(),
      deliveries.map(({ key }) => key).toSorted(),
    );
    for (const { message, rule } of written.flatMap(resultsIn)) {
      assert.doesNotMatch(message + rule, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
    }
  },
  sendsNumbers: false,
  statuses: READS_FIRST,
  lookalikes: [{ status: 200 }, { status: 200, body: '{"kind":"PodList"}' }, { status: 204 }],
});

function resultsIn({ body }: Received): readonly StoredResult[] {
  return (JSON.parse(body) as StoredReport).results;
}

function keysIn(request: Received): string[] {
  return resultsIn(request).map(({ properties }) => properties['tocsin.key'] ?? '');
}

async function start(t: TestContext, server: ReportServer, own: object = {}) {
  const destination = await startDestination(t, (request) => server.answer(request));
  const context = {
    settings: settingsOf(policyreport, { ...settings(destination.origin), ...own }),
    http: httpClient(t),
  };
  const send = async (...rules: readonly [rule: string, fields?: Record<string, string>][]) =>
    verdictOf(
      await attempt(
        policyreport,
        context,
        rules.map(([rule, fields = { 'k8s.ns.name': 'shop' }]) =>
          deliveryOf(alertWith({ rule, fields })),
        ),
      ),
    );
  const rulesIn = (path: string) => server.reports.get(path)?.results.map(({ rule }) => rule);
  return { destination, send, rulesIn };
}

test('policyreport: a report grows, and has each alert once', async (t) => {
  const server = reportServer(token);
  const { send, rulesIn } = await start(t, server);
  assert.equal(await send(['one'], ['two', {}]), 'delivered');
  assert.equal(await send(['one'], ['three']), 'delivered');
  assert.equal(await send(['one'], ['three']), 'delivered');
  assert.deepEqual(rulesIn(IN_SHOP), ['one', 'three']);
  assert.deepEqual(rulesIn(OF_CLUSTER), ['two']);
  const { metadata, summary } = server.reports.get(IN_SHOP) as StoredReport;
  assert.deepEqual(metadata, {
    name: 'falco-policy-report',
    namespace: 'shop',
    labels: { 'app.kubernetes.io/managed-by': 'tocsin' },
    resourceVersion: '3',
  });
  assert.deepEqual(summary, { pass: 0, fail: 0, warn: 2, error: 0, skip: 0 });
});

test('policyreport: what others have written in between stays', async (t) => {
  const server = reportServer(token);
  const { destination, send, rulesIn } = await start(t, server);
  let others = 0;
  destination.reply = (request) => {
    const answer = server.answer(request);
    if (request.method === 'GET' && others < 3) {
      others += 1;
      addAs(server, destination.received[0] as Received, `other ${others}`);
    }
    return answer;
  };
  assert.equal(await send(['ours']), 'delivered');
  assert.deepEqual(rulesIn(IN_SHOP), ['other 1', 'other 2', 'other 3', 'ours']);
  others = -5;
  assert.equal(await send(['never']), 'retry/server');
});

/** Another writer adds a result. */
function addAs(server: ReportServer, { path, headers }: Received, rule: string): void {
  const before = server.reports.get(path);
  const report = before ?? {
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    kind: 'PolicyReport',
    metadata: { name: 'falco-policy-report', namespace: 'shop' },
  };
  const body = JSON.stringify({
    ...report,
    results: [...(before?.results ?? []), { policy: 'other', rule, result: 'fail' }],
  });
  server.answer({
    method: before === undefined ? 'POST' : 'PUT',
    path: before === undefined ? path.replace(/\/[^/]*$/, '') : path,
    headers: { ...headers, 'content-type': 'application/json' },
    body,
    bytes: Buffer.from(body),
  });
}

test('policyreport: without its namespace an alert is in the report of the fallback', async (t) => {
  const server = reportServer(token, { falco: 'active', leaving: 'terminating' });
  const { send, rulesIn } = await start(t, server);
  const places = ['gone', 'leaving', '../../secrets', 'Falco', 'a'.repeat(64), 'x/y', '\u202e'];
  for (const place of places) {
    assert.equal(await send([`of ${place}`, { 'k8s.ns.name': place }]), 'delivered');
  }
  assert.equal(rulesIn(IN_FALCO)?.length, places.length);
  assert.deepEqual([...server.reports.keys()], [IN_FALCO]);
  const nowhere = await start(t, reportServer(token, {}));
  assert.equal(await nowhere.send(['one']), 'retry/client');
});

test('policyreport: only the alert that is refused is lost to the others', async (t) => {
  const server = reportServer(token);
  const { destination, send, rulesIn } = await start(t, server);
  destination.reply = (request) =>
    request.body.includes('bad') ? { status: 422, body: '{}' } : server.answer(request);
  assert.equal(await send(['a'], ['bad'], ['b'], ['c', {}]), 'delivered, reject/payload');
  assert.deepEqual([rulesIn(IN_SHOP), rulesIn(OF_CLUSTER)], [['a', 'b'], ['c']]);
});

test('policyreport: after a report that fails the others wait', async (t) => {
  const server = reportServer(token);
  const { destination, send } = await start(t, server);
  destination.reply = (request) =>
    request.path === IN_SHOP ? { status: 503 } : server.answer(request);
  assert.equal(
    await send(['a', {}], ['b'], ['c', { 'k8s.ns.name': 'x' }]),
    'delivered, retry/server',
  );
  assert.deepEqual([...server.reports.keys()], [OF_CLUSTER]);
});

test('policyreport: the oldest goes, or the least severe', async (t) => {
  const rules = ['1', '2', '3'].map((rule) => [rule] as [string]);
  const fifo = reportServer(token);
  const plain = await start(t, fifo, { resultsMax: 2 });
  await plain.send(...rules);
  assert.deepEqual(plain.rulesIn(IN_SHOP), ['2', '3']);
  await plain.send(['4']);
  assert.deepEqual(plain.rulesIn(IN_SHOP), ['3', '4']);
});

test('policyreport: a cluster without the kinds is told what to install', async (t) => {
  const { destination, send } = await start(t, reportServer(token));
  destination.reply = () => ({ status: 404, body: '404 page not found\n' });
  assert.equal(await send(['one']), 'retry/client');
});

test('policyreport: without a token the alerts wait', async (t) => {
  const { send } = await start(t, reportServer(token), { tokenFile: '/nowhere' });
  assert.equal(await send(['one']), 'retry/auth');
});

test('policyreport: a server that says what it heard tells nobody the token', async (t) => {
  const destination = await startDestination(t, () => 'hang');
  const context = {
    settings: settingsOf(policyreport, settings(destination.origin)),
    http: httpClient(t),
  };
  for (const status of [200, 201, 302, 401, 403, 404, 409, 422, 500]) {
    destination.reply = (request) => ({ status, body: JSON.stringify(request) });
    const result = await attempt(policyreport, context, [deliveryOf(alertWith())]);
    assert.match(destination.received.at(-1)?.headers['authorization'] ?? '', /planted/);
    assert.doesNotMatch(JSON.stringify(result), /planted/, `${status}`);
  }
});
