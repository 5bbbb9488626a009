import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Alert, isAtLeast, PRIORITIES } from '../alert.ts';
import type { Decision } from './decision.ts';
import { compileExpression } from './expression.ts';
import type { RoutesConfig } from './plan.ts';
import { compileRoutes } from './router.ts';

/** Random routes and alerts, the same in every run. */

const MATCHES = [
  undefined,
  'priority >= CRITICAL',
  'priority < ERROR && source == "k8s_audit"',
  'priority in ["debug", "notice"] || source == "syscall" && rule == "B"',
  'source in ["syscall", "tracee"] && priority != ALERT',
  '(rule == "A" || rule == "C") && source != "tracee"',
  'source == "syscall" && rule in ["B"] && fields["n"] > 2',
  'fields["big"] + 1 > 0 && source == "syscall"',
  'source == "k8s_audit" && fields["big"] + 1 > 0',
  'priority <= WARNING && 1 / 0 == 1',
  '!(priority >= NOTICE) || fields["n"] == 3',
  'tags.exists(t, t == rule) && priority == "error"',
  'rule.matches("^[AB]$") && source == "tracee"',
  'rule == "A" ? source == "syscall" : priority > ERROR',
  'source == "syscall" && source == "tracee"',
  'false',
];
const OUTPUTS = ['o0', 'o1', 'o2', 'o3'];

function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Random = ReturnType<typeof makeRandom>;

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)]!;
}

function someOutputs(random: Random): string[] {
  return OUTPUTS.filter(() => random(3) === 0);
}

function randomConfig(random: Random): RoutesConfig {
  return {
    outputs: OUTPUTS.map((name) => ({
      name,
      minimumPriority: random(2) === 0 ? undefined : pick(random, PRIORITIES),
    })),
    routes: Array.from({ length: random(40) }, () => ({
      match: pick(random, MATCHES.slice(random(20) === 0 ? 0 : 1)),
      outputs: someOutputs(random),
      continue: random(2) === 0,
    })),
    unrouted: pick(random, ['all', 'none', someOutputs(random)] as const),
  };
}

function randomAlert(random: Random): Alert {
  return {
    uuid: '0198f0c2-5d2e-7cc0-a1f2-000000000001',
    time: '2026-11-03T10:00:00Z',
    priority: pick(random, PRIORITIES),
    rule: pick(random, ['A', 'B', 'C', 'D']),
    source: pick(random, ['syscall', 'k8s_audit', 'tracee', 'auditd']),
    output: 'a line',
    fields: {
      n: random(5),
      ...(random(2) === 0 ? { big: JSON.rawJSON('9223372036854775807') } : {}),
    },
    tags: OUTPUTS.concat('A', 'B').filter(() => random(2) === 0),
    hostname: '',
    receivedAt: '2026-11-03T10:00:00.000Z',
    ingest: { input: 'http', agent: 'falco' },
  };
}

const EXPRESSIONS = new Map(
  MATCHES.flatMap((match) => (match === undefined ? [] : [[match, compileExpression(match)]])),
);

/** What the rules of routing say, with nothing precomputed. */
function decideByTheBook({ outputs, routes, unrouted }: RoutesConfig, alert: Alert): Decision {
  const chosen: string[] = [];
  const failed: number[] = [];
  let isTaken = routes.length === 0;
  if (isTaken) chosen.push(...outputs.map(({ name }) => name));
  for (const [at, route] of routes.entries()) {
    try {
      if (route.match !== undefined && !EXPRESSIONS.get(route.match)!.test(alert)) continue;
    } catch {
      failed.push(at);
      continue;
    }
    isTaken = true;
    chosen.push(...route.outputs);
    if (!route.continue) break;
  }
  const isUnrouted = !isTaken || failed.length > 0;
  const rest = { all: outputs.map(({ name }) => name), none: [] };
  if (isUnrouted) chosen.push(...(typeof unrouted === 'string' ? rest[unrouted] : unrouted));
  const passes = (name: string): boolean => {
    const minimum = outputs.find((output) => output.name === name)?.minimumPriority;
    return minimum === undefined || isAtLeast(alert.priority, minimum);
  };
  return { outputs: [...new Set(chosen.filter(passes))], unrouted: isUnrouted, failed };
}

test('route, explain and the rules by the book agree on 20,000 random alerts', () => {
  const random = makeRandom(20_261_103);
  const seen = { unrouted: 0, failed: 0, several: 0 };
  for (let round = 0; round < 400; round += 1) {
    const config = randomConfig(random);
    const router = compileRoutes(config);
    for (let turn = 0; turn < 50; turn += 1) {
      const alert = randomAlert(random);
      const decision = router.route(alert);
      const context = `round ${round}, alert ${turn}`;
      assert.deepEqual(decision, decideByTheBook(config, alert), context);
      const explanation = router.explain(alert);
      assert.deepEqual(explanation.decision, decision, context);
      const taken = explanation.outputs.filter(({ outcome }) => outcome === 'taken');
      const names = taken.map(({ name }) => name);
      assert.deepEqual(
        names,
        OUTPUTS.filter((name) => decision.outputs.includes(name)),
        context,
      );
      if (decision.unrouted) seen.unrouted += 1;
      if (decision.failed.length > 0) seen.failed += 1;
      if (decision.outputs.length > 1) seen.several += 1;
    }
  }
  for (const count of Object.values(seen)) assert.ok(count > 1000 && count < 19_000);
});
