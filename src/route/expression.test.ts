import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Environment } from '@marcbachmann/cel-js';
import type { Alert } from '../alert.ts';
import { compileExpression } from './expression.ts';

const alert: Alert = {
  uuid: '0198f0c2-5d2e-7cc0-a1f2-000000000001',
  time: '2026-11-03T10:00:00.123456789Z',
  priority: 'warning',
  rule: 'Terminal shell in container',
  source: 'syscall',
  output: 'A shell was spawned 🐚 (user=root)',
  fields: {
    'proc.name': 'bash',
    'proc.pid': 4242,
    'proc.ratio': 0.5,
    'proc.tty': true,
    'proc.env': ['HOME=/root', 'PATH=/bin'],
    'k8s.ns.name': null,
    'evt.time': JSON.rawJSON('1788343200123456789'),
    'evt.hash': JSON.rawJSON('123456789012345678901234567890'),
    'evt.cpu': JSON.rawJSON('1.0'),
    digits: '4242',
    empty: '',
  },
  tags: ['container', 'mitre_execution', 'shell'],
  hostname: 'node-1',
  receivedAt: '2026-11-03T10:00:01.000Z',
  ingest: { input: 'http', agent: 'falco', peer: '10.0.0.7' },
};

function holds(text: string): boolean {
  return compileExpression(text).test(alert);
}

function table(rows: readonly (readonly [string, boolean])[]): void {
  for (const [text, expected] of rows) {
    test(`${text} is ${expected}`, () => assert.equal(holds(text), expected));
  }
}

suite('priority', () => {
  table([
    ['priority >= CRITICAL', false],
    ['priority >= WARNING', true],
    ['priority >= DEBUG', true],
    ['priority > WARNING', false],
    ['priority > NOTICE', true],
    ['priority < CRITICAL', true],
    ['priority <= WARNING', true],
    ['CRITICAL > priority', true],
    ['CRITICAL <= priority', false],
    ['priority == WARNING', true],
    ['priority != WARNING', false],
    ['priority == "warning"', true],
    ['"warning" == priority', true],
    ['priority >= "critical"', false],
    ['priority in [WARNING, ERROR]', true],
    ['priority in ["emergency", "alert"]', false],
    ['priority in ["warning", ERROR]', true],
    ['INFO == INFORMATIONAL', true],
    ['EMERGENCY > ALERT && ALERT > CRITICAL', true],
    ['(source == "syscall" ? CRITICAL : DEBUG) >= priority', true],
    ['[CRITICAL, WARNING].exists(p, p == priority)', true],
    ['[CRITICAL, ALERT].all(p, p > priority)', true],
    ['priority == fields["proc.name"]', false],
    ['priority != fields["proc.name"]', true],
    ['priority >= fields["nowhere"]', false],
    ['priority == null', false],
  ]);
});

suite('attributes', () => {
  table([
    ['rule == "Terminal shell in container"', true],
    ['source == "syscall" && hostname == "node-1"', true],
    ['source in ["k8s_audit", "syscall"]', true],
    ['uuid.startsWith("0198") && time.endsWith("Z") && output.contains("user=root")', true],
    ['time < "2026-12"', true],
    ['"shell" in tags', true],
    ['"sshd" in tags', false],
    ['tags[0] == "container"', true],
    ['tags[3] == null', true],
    ['tags == ["container", "mitre_execution", "shell"]', true],
    ['size(tags) == 3 && tags.size() > 2', true],
    ['ingest.input == "http" && ingest.agent == "falco" && ingest.peer == "10.0.0.7"', true],
    ['ingest["peer"].startsWith("10.")', true],
    ['ingest.identity == null', true],
    ['ingest.identity == "edge" || has(ingest.identity)', false],
    ['has(ingest.peer)', true],
  ]);
});

suite('a missing field is null, and null fields are missing', () => {
  for (const name of ['nowhere', 'k8s.ns.name', 'constructor', '__proto__', 'toString']) {
    const field = `fields["${name}"]`;
    table([
      [`${field} == null`, true],
      [`${field} != null`, false],
      [`${field} == "y"`, false],
      [`${field} != "y"`, true],
      [`${field} == 0 || ${field} == false || ${field} == ""`, false],
      [`${field} < 5 || ${field} <= 5 || ${field} > 5 || ${field} >= 5`, false],
      [`5 > ${field} || "a" < ${field} || ${field} >= ${field}`, false],
      [`${field}.startsWith("a") || ${field}.endsWith("") || ${field}.contains("")`, false],
      [`${field}.matches(".*")`, false],
      [`rule.contains(${field})`, false],
      [`${field} in ["a", "b"] || "a" in ${field}`, false],
      [`${field} in [null]`, true],
      [`has(${field}) || "${name}" in fields`, false],
      [`${field}.exists(x, true) || ${field}.all(x, true)`, false],
      [`${field}.filter(x, true) == null`, true],
      [`size(${field}) == null && size(${field}) != 0`, true],
      [`${field} + 1 > 0 || -${field} < 0 || ${field} / 0 == 1`, false],
      [`${field} || false`, false],
      [`!${field}`, true],
      [`${field} ? true : false`, false],
      [`${field}[0] == null`, true],
    ]);
  }
});

suite('a mismatch at run time is false, or null, and never a failure', () => {
  table([
    ['fields["proc.name"] == 5', false],
    ['fields["proc.name"] != 5', true],
    ['fields["proc.name"] < 5 || fields["proc.name"] >= 5', false],
    ['fields["digits"] == 4242', false],
    ['fields["proc.pid"] == "4242"', false],
    ['fields["proc.pid"].startsWith("4") || fields["proc.tty"].matches("t")', false],
    ['fields["proc.tty"] > 0', false],
    ['fields["proc.name"] + 1 == null', true],
    ['fields["proc.env"] == "HOME=/root"', false],
    ['"ba" in fields["proc.name"]', false],
    ['fields["proc.pid"].exists(x, true)', false],
    ['fields["proc.name"] && true', false],
    ['!fields["proc.name"]', true],
    ['fields["proc.name"][0] == null', true],
    ['fields["proc.env"][-1] == null', true],
    ['fields[tags[7]] == null', true],
  ]);
});

suite('fields', () => {
  table([
    ['fields["proc.name"] == "bash" && fields.digits == "4242"', true],
    ['has(fields["proc.name"]) && has(fields.empty)', true],
    ['"proc.name" in fields', true],
    ['fields["proc.tty"]', true],
    ['fields["proc.tty"] == true', true],
    ['fields["proc.name"] == fields["digits"]', false],
    ['fields["proc.pid"] == 4242 && fields["proc.pid"] == 4242.0', true],
    ['fields["proc.pid"] > 4241.5 && fields["proc.pid"] <= 4242', true],
    ['4000 < fields["proc.pid"] && 4242 <= fields["proc.pid"]', true],
    ['4242 < fields["proc.pid"] || 5000 <= fields["proc.pid"]', false],
    ['5000 > fields["proc.pid"] && 4242 >= fields["proc.pid"]', true],
    ['fields["proc.pid"] in [1, 4242]', true],
    ['fields["proc.ratio"] == 0.5 && fields["proc.ratio"] < 1', true],
    ['fields["evt.time"] == 1788343200123456789', true],
    ['fields["evt.time"] == 1788343200123456788', false],
    ['fields["evt.time"] > 1788343200123456788', true],
    ['fields["evt.time"] in [1788343200123456789]', true],
    ['fields["evt.time"] == 1788343200123456789.0', false],
    ['fields["evt.time"] / 1000000000 == 1788343200', true],
    ['fields["evt.hash"] == 123456789012345678901234567890', true],
    ['fields["evt.cpu"] == 1', true],
    ['"PATH=/bin" in fields["proc.env"]', true],
    ['fields["proc.env"].exists(e, e.startsWith("HOME="))', true],
    ['fields["proc.env"][1] == "PATH=/bin"', true],
    ['size(fields) == 10', true],
    ['fields["proc." + "name"] == "bash"', true],
  ]);
});

suite('functions, macros and operators', () => {
  table([
    ['rule.matches("^Terminal .* container$")', true],
    ['rule.matches("shell")', true],
    ['rule.matches("(?i)SHELL") && !rule.matches("SHELL")', true],
    ['output.size() == 33', true],
    ['tags.exists(t, t.startsWith("mitre_"))', true],
    ['tags.all(t, size(t) > 5)', false],
    ['tags.exists_one(t, t.contains("e"))', false],
    ['tags.exists_one(t, t == "shell")', true],
    ['tags.filter(t, t != "shell") == ["container", "mitre_execution"]', true],
    ['size(tags.map(t, t + "!")) == 3 && "shell!" in tags.map(t, t + "!")', true],
    ['fields.exists(name, name.startsWith("proc.") && fields[name] == "bash")', true],
    ['fields.all(name, fields[name] != null)', true],
    ['tags.exists(t, fields["proc.env"].exists(e, e.contains(t)))', false],
    ['[1, 2].exists(x, [2, 3].exists(y, x == y))', true],
    ['[].all(x, false) && ![].exists(x, true)', true],
    ['fields["proc.pid"] / 5 == 848.4', true],
    ['fields["proc.pid"] % 2 == 0', true],
    ['1.0 / 0.0 > 1000000', true],
    ['false && 1 / 0 == 1', false],
    ['true || 1 / 0 == 1', true],
    ['rule == "x" ? 1 / 0 == 1 : true', true],
    ['true // said after the expression', true],
  ]);
});

test('expressions without fields agree with the evaluator of cel-js', () => {
  const cel = new Environment()
    .registerVariable('rule', 'string')
    .registerVariable('tags', 'list<string>');
  const context = { rule: alert.rule, tags: [...alert.tags] };
  const texts = [
    '1 + 2 * 3 - 4 == 3',
    '(1 + 2) * 3 == 9',
    '7 / 2 == 3 && -7 / 2 == -3 && 7 % 3 == 1 && -7 % 3 == -1',
    '7.0 / 2.0 == 3.5',
    '0x10 == 16 && 1e3 == 1000.0',
    '9223372036854775807 - 1 < 9223372036854775807',
    '-5 < 3 && !(5 < 3) && 2 < 2.5',
    '1 < 2 == true',
    '"a" + "b" == "ab" && "a" < "b" && "B" < "a"',
    `'it\\'s' == "it's" && r"\\d" == "\\\\d" && "\\u00e9" == "é"`,
    'true || false && false',
    '!true || !false',
    'true ? false : true',
    'false ? 1 == 1 : 1 == 2 || true',
    '2 in [1, 2, 3] && !(4 in [1, 2, 3])',
    'rule.startsWith("Terminal") && rule.endsWith("container") && rule.contains("shell")',
    'size(rule) == rule.size() && size("é🐚") == 2',
    'tags.all(t, t.size() > 4) && tags.exists_one(t, t == "shell")',
    'tags.filter(t, t.contains("_")).size() == 1',
    'tags.map(t, t + t)[0] == "containercontainer"',
    '[1, 2] == [1, 2] && [1, 2] != [2, 1]',
  ];
  for (const text of texts) assert.equal(holds(text), cel.evaluate(text, context), text);
});

suite('an expression that fails says why and where', () => {
  const rows = [
    ['1 / 0 == 1', 'division_by_zero', 0],
    ['rule == "x" || 5 % 0 == 1', 'division_by_zero', 15],
    ['fields["evt.time"] * 1000 > 0', 'overflow', 0],
    ['9223372036854775807 + 1 > 0', 'overflow', 0],
  ] as const;
  for (const [text, code, offset] of rows) {
    test(text, () => {
      assert.throws(() => holds(text), { name: 'ExpressionFailure', code, offset });
    });
  }
});
