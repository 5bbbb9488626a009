import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { type Reply, startDestination } from '../../test/contract/server.ts';
import alertmanager from './index.ts';
import type { PostableAlert } from './payload.ts';

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

httpContract(alertmanager, {
  settings: (origin) => ({
    urls: [`${origin.replace('//', '//hub:planted-password@')}/prefix/`],
    headers: { 'X-Scope-OrgID': 'planted-tenant' },
  }),
  accepted: () => ({ status: 200 }),
  check(requests, deliveries) {
    assert.equal(requests.length, 1);
    const [request] = requests;
    assert.equal(`${request?.method} ${request?.path}`, 'POST /prefix/api/v2/alerts');
    assert.match(request?.headers['content-type'] ?? '', /^application\/json/);
    assert.match(request?.headers['authorization'] ?? '', /^Basic /);
    const alerts = JSON.parse(request?.body ?? '') as PostableAlert[];
    assert.deepEqual(
      alerts.map(({ labels }) => labels['uuid']),
      deliveries.map(({ alert }) => alert.uuid),
    );
    for (const [n, alert] of alerts.entries()) checkAlert(alert, deliveries[n]?.alert.rule ?? '');
  },
  sendsNumbers: true,
  lookalikes: [
    { status: 200, body: 'it works' },
    { status: 200, body: '[]' },
  ],
});

/** As `Alert.Validate` of Alertmanager 0.25. */
function checkAlert({ labels, annotations, startsAt = '', endsAt }: PostableAlert, rule: string) {
  for (const [name, value] of [labels, annotations].flatMap((set) => Object.entries(set))) {
    assert.match(name, /^[a-zA-Z_][a-zA-Z0-9_]*$/);
    assert.equal(typeof value, 'string');
    assert.doesNotMatch(value, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
  }
  assert.match(startsAt, RFC3339);
  assert.match(endsAt, RFC3339);
  assert.equal(labels['alertname'], labels['rule']);
  assert.equal(labels['rule'] === rule, !/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u.test(rule));
}

test('alertmanager: every member gets an alert, and one that has it is enough', async (t) => {
  const members = await Promise.all([0, 1].map(() => startDestination(t, () => ({ status: 200 }))));
  const settings = settingsOf(alertmanager, { urls: members.map(({ origin }) => origin) });
  const http = httpClient(t);
  const cases: [Reply, Reply, string][] = [
    [{ status: 200 }, { status: 200 }, 'delivered'],
    ['reset', { status: 200 }, 'delivered'],
    [{ status: 200 }, { status: 410 }, 'delivered'],
    [{ status: 400, body: '"bad"' }, { status: 503 }, 'retry/server'],
    ['reset', { status: 400, body: '"bad"' }, 'retry/network'],
    [{ status: 400 }, { status: 400 }, 'reject/payload'],
    [{ status: 401 }, 'reset', 'retry/auth'],
  ];
  for (const [one, other, verdict] of cases) {
    [one, other].forEach((reply, n) => Object.assign(members[n] ?? {}, { reply: () => reply }));
    const result = await attempt(alertmanager, { settings, http }, [deliveryOf(alertWith())]);
    assert.equal(verdictOf(result), verdict, JSON.stringify([one, other]));
  }
  // A broken connection is tried once more.
  assert.ok(members.every(({ received }) => received.length >= cases.length));
});
