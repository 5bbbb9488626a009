import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { codeBlocks } from '../test/support/markdown.ts';
import { loadConfig } from './load.ts';
import { formatProblem } from './problem.ts';

async function loaded(rules: string) {
  const text = `ingest:\n  k8sAudit:\n${rules.replaceAll(/^/gm, '    ')}\n`;
  return loadConfig({ text, env: {}, flags: {}, baseDirectory: '/etc' });
}

async function errorsOf(rules: string): Promise<string> {
  const result = await loaded(rules);
  assert.equal(result.ok, false);
  return result.ok ? '' : result.problems.map(formatProblem).join('\n');
}

const RULE = `rules:
  - rule: Pod Deleted
    priority: warning
    stage: ResponseComplete
    match: 'verb == "delete" && resource == "pods" && ns == "payments"'
    output: '{{ .user.username }} deleted {{ .name }}'`;

test('a rule of the configuration finds what it is about', async () => {
  const result = await loaded(RULE);
  assert.ok(result.ok);
  const event = {
    stage: 'ResponseComplete',
    verb: 'delete',
    user: { username: 'eve' },
    objectRef: { resource: 'pods', namespace: 'payments', name: 'ledger-0' },
  };
  const [finding] = result.auditDetector.findings(event, '');
  assert.equal(finding!.document['output'], 'eve deleted ledger-0');
  assert.deepEqual(finding!.document['tags'], ['k8s']);
});

test("the manual's rule finds the pod of that name in that namespace, and no other", async () => {
  const manual = readFileSync(new URL('manual.md', import.meta.url), 'utf8');
  const blocks = codeBlocks(manual, 'yaml');
  const text = blocks.find((block) => block.includes('k8sAudit:')) ?? '';
  const result = await loadConfig({ text, env: {}, flags: {}, baseDirectory: '/etc' });
  assert.ok(result.ok);
  const found = (name: string, namespace: string) =>
    result.auditDetector
      .findings(
        {
          stage: 'ResponseComplete',
          verb: 'delete',
          user: { username: 'eve' },
          objectRef: { resource: 'pods', namespace, name },
        },
        '',
      )
      .map(({ document }) => [document['rule'], document['output']]);
  const deleted = ['Ledger Pod Deleted', 'eve deleted payments/ledger-0'];
  assert.deepEqual(found('ledger-0', 'payments'), [deleted]);
  assert.deepEqual(found('ledger-1', 'payments'), []);
  assert.deepEqual(found('ledger-0', 'shop'), []);
});

test('every expression that is none is told, with its place and a hint', async () => {
  const wrong = RULE.replace('verb ==', 'vreb ==');
  const two = `${wrong}\n${RULE.split('\n').slice(1).join('\n').replace('== "pods"', '= "pods"')}`;
  const text = await errorsOf(two);
  assert.match(text, /rules\[0\]\.match.*vreb.*did you mean verb\?/s);
  assert.match(text, /rules\[1\]\.match.*equality is ==/s);
});

test('names of built-in rules are checked, and a rule is not switched off twice', async () => {
  assert.match(await errorsOf("off: ['Create Privileged Pdo']"), /Create Privileged Pod/);
  assert.match(await errorsOf("off: ['All K8s Audit Events']"), /off/);
  const result = await loaded("on: ['All K8s Audit Events']\noff: ['port-forward']");
  assert.ok(result.ok);
});

test('a template that is none is told', async () => {
  assert.match(await errorsOf(RULE.replace('.name }}', '.name }')), /output/);
});
