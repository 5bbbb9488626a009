import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Alert } from '../alert.ts';
import { RoutesError, type RoutesConfig } from './plan.ts';
import { compileRoutes } from './router.ts';

function alertOf(part: Partial<Alert> = {}): Alert {
  return {
    uuid: '0198f0c2-5d2e-7cc0-a1f2-000000000001',
    time: '2026-11-03T10:00:00Z',
    priority: 'warning',
    rule: 'Terminal shell',
    source: 'syscall',
    output: 'a line',
    fields: {},
    tags: [],
    hostname: 'node-1',
    receivedAt: '2026-11-03T10:00:00.000Z',
    ingest: { input: 'http', agent: 'falco' },
    ...part,
  };
}

type Route = RoutesConfig['routes'][number];

const to = (outputs: string, match?: string, more: Partial<Route> = {}): Route => ({
  match,
  outputs: outputs.split(' ').filter((name) => name !== ''),
  continue: false,
  ...more,
});

const outputs: RoutesConfig['outputs'] = [
  { name: 'soc', minimumPriority: 'warning' },
  { name: 'siem' },
  { name: 'mail', minimumPriority: 'critical' },
];

function decide(
  routes: readonly Route[],
  part: Partial<Alert> = {},
  unrouted: RoutesConfig['unrouted'] = 'all',
) {
  return compileRoutes({ outputs, routes, unrouted }).route(alertOf(part));
}

suite('without routes', () => {
  test('every output gets what its minimumPriority lets through, whatever unrouted says', () => {
    const everything = { outputs: ['soc', 'siem', 'mail'], unrouted: false, failed: [] };
    assert.deepEqual(decide([], { priority: 'critical' }, 'none'), everything);
    assert.deepEqual(decide([]).outputs, ['soc', 'siem']);
    assert.deepEqual(decide([], { priority: 'debug' }).outputs, ['siem']);
  });
});

suite('with routes', () => {
  test('the first route that matches keeps the alert', () => {
    const routes = [to('siem', 'source == "k8s_audit"'), to('soc', 'true'), to('siem')];
    assert.deepEqual(decide(routes).outputs, ['soc']);
    assert.deepEqual(decide(routes, { source: 'k8s_audit' }).outputs, ['siem']);
  });

  test('a route that continues passes it on, and each output gets it once', () => {
    const onwards = { continue: true };
    const routes = [to('soc siem', 'true', onwards), to('siem mail', 'true', onwards), to('soc')];
    const decision = decide(routes, { priority: 'alert' });
    assert.deepEqual(decision, { outputs: ['soc', 'siem', 'mail'], unrouted: false, failed: [] });
  });

  test('an output keeps its minimumPriority within a route', () => {
    assert.deepEqual(decide([to('soc mail siem soc')]).outputs, ['soc', 'siem']);
  });

  test('an alert below every minimumPriority of its route is routed, to nobody', () => {
    const decision = decide([to('mail'), to('siem')], { priority: 'debug' });
    assert.deepEqual(decision, { outputs: [], unrouted: false, failed: [] });
  });

  test('a route without outputs drops', () => {
    const routes = [to('', 'rule == "Terminal shell"'), to('siem')];
    assert.deepEqual(decide(routes), { outputs: [], unrouted: false, failed: [] });
  });

  test('what no route took goes by unrouted, by minimumPriority', () => {
    const routes = [to('mail', 'source == "k8s_audit"')];
    assert.deepEqual(decide(routes), { outputs: ['soc', 'siem'], unrouted: true, failed: [] });
    assert.deepEqual(decide(routes, {}, 'none'), { outputs: [], unrouted: true, failed: [] });
    assert.deepEqual(decide(routes, {}, ['mail', 'soc']).outputs, ['soc']);
  });
});

suite('an expression that fails', () => {
  const fields = { big: JSON.rawJSON('9223372036854775807') };
  const overflows = 'fields["big"] + 1 > 0';

  test('sends the alert by unrouted, in addition to what other routes took', () => {
    const routes = [to('mail', overflows), to('siem', 'true'), to('mail')];
    const decision = decide(routes, { fields }, ['soc']);
    assert.deepEqual(decision, { outputs: ['siem', 'soc'], unrouted: true, failed: [0] });
    assert.deepEqual(decide(routes), { outputs: ['siem'], unrouted: false, failed: [] });
  });

  test('is named even where unrouted is nobody', () => {
    const routes = [to('mail', 'source == "x"'), to('mail', overflows), to('soc', overflows)];
    const decision = decide(routes, { fields }, 'none');
    assert.deepEqual(decision, { outputs: [], unrouted: true, failed: [1, 2] });
  });

  test('behind a test of priority, source or rule that is false is never asked', () => {
    const guarded = [to('mail', `source == "k8s_audit" && ${overflows}`), to('siem')];
    assert.deepEqual(decide(guarded, { fields }).failed, []);
    const unguarded = [to('mail', `${overflows} && source == "k8s_audit"`), to('siem')];
    assert.deepEqual(decide(unguarded, { fields }).failed, [0]);
  });
});

test('more routes than bits in a word are tried in order', () => {
  const routes = Array.from({ length: 100 }, (_, n) =>
    to(n % 2 === 0 ? 'siem' : 'soc', `rule == "rule ${n}" || rule == "many" && source == "s${n}"`),
  );
  for (const n of [0, 31, 32, 63, 64, 99]) {
    const expected = [n % 2 === 0 ? 'siem' : 'soc'];
    assert.deepEqual(decide(routes, { rule: `rule ${n}` }).outputs, expected);
    assert.deepEqual(decide(routes, { rule: 'many', source: `s${n}` }).outputs, expected);
  }
  assert.equal(decide(routes, { rule: 'many', source: 's100' }).unrouted, true);
});

test('every mistake is reported at once, with its path, place and hint', () => {
  const routes = [to('sok', 'rul == "x"'), to('siem soc2', 'true'), to('siem', 'true &&')];
  assert.throws(
    () => compileRoutes({ outputs, routes, unrouted: ['mial'] }),
    (error) => {
      assert.ok(error instanceof RoutesError);
      const seen = error.problems.map(({ path, code, offset, hint }) => [path, code, offset, hint]);
      assert.deepEqual(seen, [
        ['routes[0].match', 'unknown_name', 0, 'did you mean rule?'],
        ['routes[2].match', 'syntax', 7, undefined],
        ['routes[0].outputs[0]', 'unknown_output', undefined, 'did you mean soc?'],
        ['routes[1].outputs[1]', 'unknown_output', undefined, 'did you mean soc?'],
        ['unrouted[0]', 'unknown_output', undefined, 'did you mean mail?'],
      ]);
      assert.match(error.message, /routes\[0\]\.match: there is no rul/);
      return true;
    },
  );
});

suite('explain', () => {
  const overflows = 'fields["big"] + 1 > 0';

  test('says what each route and each output made of the alert', () => {
    const routes = [
      to('mail', 'source == "k8s_audit"', { name: 'audit' }),
      to('mail', overflows),
      to('soc', 'true'),
      to('siem'),
    ];
    const fields = { big: JSON.rawJSON('9223372036854775807') };
    const router = compileRoutes({ outputs, routes, unrouted: ['mail'] });
    const { decision, reason, routes: seen, outputs: chosen } = router.explain(alertOf({ fields }));
    assert.deepEqual(decision, { outputs: ['soc'], unrouted: true, failed: [1] });
    assert.equal(reason, 'expressionFailed');
    assert.deepEqual(seen[0], {
      name: 'audit',
      match: 'source == "k8s_audit"',
      verdict: { outcome: 'notMatched' },
    });
    const message = 'an integer result needs more than 64 bits';
    assert.deepEqual(
      seen.slice(1).map(({ verdict }) => verdict),
      [
        { outcome: 'failed', code: 'overflow', message, offset: 0 },
        { outcome: 'matched' },
        { outcome: 'notReached', stoppedBy: 2 },
      ],
    );
    assert.deepEqual(chosen, [
      { name: 'soc', minimumPriority: 'warning', outcome: 'taken', chosenBy: [2] },
      { name: 'siem', minimumPriority: undefined, outcome: 'notChosen', chosenBy: [] },
      {
        name: 'mail',
        minimumPriority: 'critical',
        outcome: 'belowMinimum',
        chosenBy: ['unrouted'],
      },
    ]);
  });

  test('says why where there are no routes, and where none matched', () => {
    const none = compileRoutes({ outputs, routes: [], unrouted: 'all' }).explain(alertOf());
    assert.equal(none.reason, 'noRoutes');
    assert.deepEqual(
      none.outputs.map(({ outcome, chosenBy }) => `${outcome} by ${chosenBy.join()}`),
      ['taken by noRoutes', 'taken by noRoutes', 'belowMinimum by noRoutes'],
    );
    const routes = [to('soc', 'false')];
    const lost = compileRoutes({ outputs, routes, unrouted: 'none' }).explain(alertOf());
    assert.equal(lost.reason, 'noRouteMatched');
  });
});
