import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { compileTemplate, goTime, TemplateError, type TemplateLimits } from './index.ts';

const LONG = 'a'.repeat(60_000);

function outcome(source: string, data: unknown, limits: Partial<TemplateLimits> = {}): string {
  try {
    compileTemplate(source, { limits }).execute(data);
    return 'done';
  } catch (error) {
    assert.ok(error instanceof TemplateError, `${source}: ${String(error)}`);
    return error.code;
  }
}

function endless(body: string): string {
  return `{{ range 1000000000000 }}${body}{{ end }}`;
}

test('a template that would take too long ends in template_limit', () => {
  const sources = [
    endless(''),
    '{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}',
    endless('{{ if eq $.long $.long }}{{ end }}'),
    endless('{{ $x := contains $.part $.long }}'),
    endless('{{ $x := replace "a" "" $.long }}'),
    endless('{{ $x := js $.long }}'),
    endless('{{ $x := slice $.long 1 }}'),
    endless('{{ $x := match "((a{0,200}){5})*$" $.long }}'),
    endless('{{ $x := match (print . "a") "a" }}'),
    '{{ reReplaceAll "a(.*b)?" "" $.long }}',
    endless('{{ $x := print $.fields }}'),
    endless('{{ $x := printf "%.60000f" 1.5 }}'),
  ];
  const fields = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, at]));
  const data = { long: LONG, part: `b${LONG.slice(0, 30_000)}`, fields };
  for (const source of sources) {
    const started = cpuMs();
    assert.equal(outcome(source, data), 'template_limit', source);
    // About 0.3 s at most; the bound is for a slow machine, and far from what has no bound.
    assert.ok(cpuMs() - started < 20_000, source);
  }
});

test('a template that would write too much ends in template_limit and keeps what fits', () => {
  const template = compileTemplate('{{ range 1000 }}12345678{{ end }}', {
    limits: { outputBytesMax: 100 },
  });
  assert.throws(
    () => template.execute({}),
    (error) => {
      assert.ok(error instanceof TemplateError);
      assert.deepEqual([error.code, error.partial], ['template_limit', '12345678'.repeat(12)]);
      return true;
    },
  );
});

test('no text on the way to the result may be larger than the result', () => {
  const data = {
    long: LONG,
    longer: 'a'.repeat(65_537),
    // 63,000 bytes, in upper case 84,000.
    growing: 'ŉ '.repeat(21_000),
    quotes: '"'.repeat(40_000),
    list: [1, 2, 3],
    lists: Array.from({ length: 200 }, () => LONG.slice(0, 400)),
    time: goTime('2026-09-11T23:59:59Z'),
    layout: 'Jan 2 '.repeat(10_000),
  };
  const sources = [
    '{{ printf "%1000000d" 1 }}',
    '{{ printf "%*d" 1000000 1 }}',
    '{{ printf "%.1000000f" 1.5 }}',
    '{{ len (printf "%-100000s" "x") }}',
    '{{ $x := "12345678" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}',
    '{{ len (replace "a" "aaaa" .long) }}',
    '{{ len (reReplaceAll "a" "$0$0$0" (slice .long 0 30000)) }}',
    '{{ len (join .long .list) }}',
    '{{ len (toUpper .growing) }}',
    '{{ len (title .growing) }}',
    '{{ len (trimSpace .longer) }}',
    '{{ len (trunc 65537 .longer) }}',
    '{{ len (slice .longer 0 65537) }}',
    '{{ len (js .longer) }}',
    '{{ len (toJson .quotes) }}',
    '{{ len (toJson .lists) }}',
    '{{ len (.time.Format .layout) }}',
  ];
  for (const source of sources) {
    assert.equal(outcome(source, data), 'template_limit', source);
  }
  assert.equal(outcome('{{ trunc 10 .longer }}{{ slice .longer 65530 }}', data), 'done');
  assert.equal(outcome('{{ printf "%999999999d" 1 }}', {}), 'done');
});

test('the size of the result counts in bytes', () => {
  const limits = { outputBytesMax: 4 };
  assert.equal(outcome('éé', {}, limits), 'done');
  assert.equal(outcome('ééé', {}, limits), 'template_limit');
});

function nested(levels: number): string {
  return '{{ if 1 }}'.repeat(levels) + '{{ end }}'.repeat(levels);
}

test('nesting is bounded when parsed and when executed', () => {
  assert.equal(outcome(nested(100), {}), 'done');
  assert.equal(outcome(nested(101), {}), 'template_syntax');
  assert.equal(outcome(`{{ ${'('.repeat(20_000)} }}`, {}), 'template_syntax');
  assert.equal(outcome(`{{ if 0 }}${'{{ else if 0 }}'.repeat(500)}{{ end }}`, {}), 'done');
  const recursive = '{{ define "r" }}{{ if true }}{{ template "r" . }}{{ end }}{{ end }}';
  assert.equal(outcome(`${recursive}{{ template "r" . }}`, {}), 'template_limit');
  const deep: unknown = JSON.parse('['.repeat(2_000) + ']'.repeat(2_000));
  assert.equal(outcome('{{ . }}', deep), 'template_limit');
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  assert.equal(outcome('{{ . }}', cycle), 'template_limit');
});

test('a source that is too long is refused before it is read', () => {
  assert.equal(outcome('x'.repeat(65_536), {}), 'done');
  assert.equal(outcome('x'.repeat(65_537), {}), 'template_limit');
});

test('a pattern that is too long is refused', () => {
  assert.equal(outcome('{{ match .long "x" }}', { long: LONG }), 'template_limit');
});

test('whatever the text of a template, it ends, and fails with nothing but a TemplateError', () => {
  const file = new URL('../../test/data/go-template-cases.json', import.meta.url);
  const { cases, data } = JSON.parse(readFileSync(file, 'utf8')) as Table;
  const fragments =
    '{{ }} {{- -}} {{/* */ " ` \' | ( ) , := = $x . .s .map.a $ 1 -2 1.5e3 0x \\ 😀 ' +
    '%[2]*.3q %9999999d (a*)+ if else end range with define template block break nil ' +
    'print printf index slice len eq lt and or js';
  const pieces = [' ', '\n', ...fragments.split(' ')];
  const random = createRandom(20_240_305);
  const below = (end: number): number => Math.floor(random() * end);
  const seen = new Map<string, number>();
  for (let round = 0; round < 4_000; round += 1) {
    let source = cases[below(cases.length)]?.template ?? '';
    for (let change = 0; change < 1 + below(2); change += 1) {
      const at = below(source.length);
      const piece = random() < 0.6 ? (pieces[below(pieces.length)] ?? '') : '';
      source = source.slice(0, at) + piece + source.slice(at + below(4));
    }
    const result = outcome(source, data['values'], { stepsMax: 10_000 });
    seen.set(result, (seen.get(result) ?? 0) + 1);
  }
  for (const result of ['done', 'template_syntax', 'template_failed']) {
    assert.ok((seen.get(result) ?? 0) > 50, `${result}: the test must reach every part`);
  }
});

interface Table {
  readonly cases: readonly { readonly template: string }[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** The same numbers from 0 to 1 on every run (mulberry32), so that a failure can be seen again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
