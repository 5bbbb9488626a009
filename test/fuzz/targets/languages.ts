import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Alert, severityOf } from '../../../src/alert.ts';
import { ExpressionError, ExpressionFailure } from '../../../src/route/errors.ts';
import { compileExpression, type Expression } from '../../../src/route/expression.ts';
import { indexGuards } from '../../../src/route/guard.ts';
import { alertTemplateData, compileTemplate, TemplateError } from '../../../src/template/index.ts';
import type { Random } from '../../support/random.ts';
import { heldBytes } from '../memory.ts';
import { mutate } from '../mutate.ts';
import { seedsOf, type Target } from '../target.ts';

/** What operators write, over what attackers write: Go's templates and CEL's expressions. */

const alert: Alert = {
  uuid: '0198f0c2-5d2e-7cc0-a1f2-000000000001',
  time: '2026-11-03T10:00:00.123456789Z',
  priority: 'warning',
  rule: 'Terminal shell in container',
  source: 'syscall',
  output: 'A shell <was> spawned & more (user=root) \u{1f41a}',
  fields: {
    'proc.name': 'bash',
    'container.id': '',
    'evt.time': JSON.rawJSON('1786406649137000001'),
    'proc.env': ['HOME=/root', 'PATH=/bin'],
    huge: JSON.rawJSON('1e999'),
    port: 443,
    ratio: 0.5,
    ok: true,
    none: null,
    long: 'ab'.repeat(2000),
  },
  tags: ['container', 'mitre_execution', 'shell'],
  hostname: 'node-1',
  receivedAt: '2026-11-03T10:00:01.000Z',
  ingest: { input: 'http', agent: 'falco', peer: '10.0.0.7' },
};

const bare: Alert = {
  ...alert,
  priority: 'emergency',
  rule: 'x',
  source: 'k8s_audit',
  output: '',
  fields: {},
  tags: [],
  hostname: '',
};

const alerts = [alert, bare, { ...alert, priority: 'debug', rule: 'y', tags: ['a'] } as const];

const caseFile = new URL('../../data/go-template-cases.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(caseFile, 'utf8')) as {
  readonly cases: readonly { readonly template: string }[];
};

const TEMPLATE_BYTES_MAX = 65_536;

export const templates: Target = {
  name: 'templates',
  seeds: seedsOf(cases.map(({ template }) => template)),
  words: [
    '{{',
    '}}',
    '{{-',
    '-}}',
    '{{ end }}',
    '{{ else }}',
    '{{ range $i, $e := .Tags }}',
    '{{ with .OutputFields }}',
    '{{ define "a" }}{{ template "a" . }}{{ end }}',
    '{{ template "a" . }}',
    '{{ printf "%-99999.999v %T %q %x" . }}',
    ' | len',
    ' | printf "%s"',
    ' | html',
    ' | js',
    ' | urlquery',
    ' | toJson',
    '$x := ',
    '$',
    '(index .OutputFields "proc.name")',
    '(slice .Output 1 2)',
    'and or not eq ne lt',
    '{{ break }}',
    '{{ continue }}',
    '/* */',
    '`raw`',
    "'\\u1234'",
    '0x1p-2',
    '1i',
    '.Time.Format "Mon Jan 2 15:04:05.000 MST"',
    'regexReplaceAll "(a*)*b"',
  ],
  memoryBytes: heldBytes,
  check(input) {
    const source = input.toString();
    for (const one of [alertTemplateData(alert), alertTemplateData(bare), alert.fields]) {
      try {
        const text = compileTemplate(source).execute(one);
        assert.ok(Buffer.byteLength(text) <= TEMPLATE_BYTES_MAX, `${text.length} characters`);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
      }
    }
  },
};

const EXPRESSIONS = [
  'priority >= CRITICAL && source == "syscall"',
  'priority in ["emergency", "alert"] || rule == "x"',
  'source in ["k8s_audit", "syscall"] && rule.startsWith("Terminal")',
  '(source == "syscall" ? CRITICAL : DEBUG) >= priority',
  '[CRITICAL, WARNING].exists(p, p == priority)',
  'tags.exists(tag, tag.startsWith("mitre_")) && !(rule == "y")',
  'tags.all(t, t != "a" || tags.exists_one(u, u == t))',
  'fields["proc.name"] == "bash" && fields.port > 100',
  'fields.exists(name, fields[name].matches("^(a|b)+$"))',
  'has(fields.port) && fields["evt.time"] > 9007199254740993',
  'size(tags) > 2 && size(output) < 100',
  'output.contains("shell") && output.matches("(?i)user=[a-z]+")',
  'int(fields.port) / 2 == 221 && double(fields.ratio) * 2.0 == 1.0',
  'string(fields.port) + "x" == "443x"',
  'ingest.input == "http" && ingest.peer.startsWith("10.")',
  '"shell" in tags && tags[0] == "container" && -1 < 0',
  'rule == "x" || 1 / size(tags) > 0',
  'priority >= WARNING ? hostname != "" : fields.none == null',
  'tags.map(t, t + "!").filter(t, t.endsWith("l!")).size() == 1',
  '9223372036854775807 + size(tags) > 0 || 7 % size(tags) == 1',
  'output.lowerAscii() == "x" || true && false',
];

/** Conditions that a guard is made of, and some that fail. */
const CONDITIONS = [
  ...EXPRESSIONS,
  'rule == "x"',
  '"y" == rule',
  'rule in ["x", "y"]',
  'source == "k8s_audit"',
  'source in ["tracee", source]',
  'priority < ERROR',
  'priority == "debug"',
  'priority in [DEBUG, EMERGENCY]',
  'EMERGENCY <= priority',
  '1 / size(tags) > 0',
  '9223372036854775807 + size(tags) > 0',
  'true',
  'false',
];

/** A whole expression of some of them: mostly one that compiles. */
function composed(random: Random, depth: number): string {
  if (depth === 0 || random.chance(0.2)) return random.pick(CONDITIONS);
  const part = (): string => composed(random, depth - 1);
  const left = random.below(5);
  if (left === 0) return `!(${part()})`;
  if (left === 1) return `((${part()}) ? (${part()}) : (${part()}))`;
  return `(${part()}) ${left === 2 ? '||' : '&&'} (${part()})`;
}

export const expressions: Target = {
  name: 'expressions',
  make(random) {
    return random.chance(0.5) ? Buffer.from(composed(random, 4)) : mutate(expressions, random);
  },
  seeds: seedsOf(EXPRESSIONS),
  words: [
    ' && ',
    ' || ',
    ' == ',
    ' in ',
    ' ? true : ',
    '!',
    '(',
    ')',
    '["a", "b"]',
    'priority',
    'priority >= ERROR',
    'source == "syscall"',
    'rule != "x"',
    'fields["long"]',
    'fields["huge"]',
    '.matches("(a*)*$")',
    '.matches("[")',
    '.exists(x, true)',
    '.all(x, x == "a")',
    '-9223372036854775808',
    '18446744073709551615u',
    'b"bytes"',
    "r'raw\\'",
    '"""long"""',
    '{"a": 1}',
    '[?0]',
    '.?a',
    'timestamp("2026-01-01T00:00:00Z")',
    'duration("1h")',
    'type(1)',
    'dyn(1)',
    '__proto__',
    '// comment\n',
  ],
  memoryBytes: heldBytes,
  check(input) {
    const text = input.toString();
    const expression = compiled(text);
    if (expression === undefined) return;
    for (const one of alerts) {
      const holds = outcomeOf(expression, one);
      const words = indexGuards([expression.guard])(severityOf(one.priority), one.source, one.rule);
      assert.ok(words[0] === 1 || holds === false, `its guard is shut, and it is ${holds}`);
    }
  },
};

function compiled(text: string): Expression | undefined {
  try {
    return compileExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    assert.ok(error.offset >= 0 && error.offset <= text.length, `at ${error.offset}`);
    return undefined;
  }
}

function outcomeOf(expression: Expression, one: Alert): boolean | string {
  try {
    return expression.test(one);
  } catch (error) {
    if (error instanceof ExpressionFailure) return error.code;
    throw error;
  }
}

export const languages: readonly Target[] = [templates, expressions];
