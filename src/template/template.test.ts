import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FUNCTION_NAMES } from './functions.ts';
import { compileTemplate, struct, TemplateError } from './index.ts';

function execute(template: string, data: unknown = {}): string {
  return compileTemplate(template).execute(data);
}

function failure(action: () => unknown): TemplateError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof TemplateError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'it did not fail' });
}

test('a mistake is reported with its line and column and what to do', () => {
  const mistakes: readonly (readonly [string, number, number, RegExp])[] = [
    ['{{ .a }', 1, 7, /unexpected "}"/],
    ['{{ .a ', 1, 1, /this "\{\{" is never closed/],
    ['x\n{{ "a }}', 2, 4, /this " is never closed/],
    ['{{ if .a }}\n  {{ .b }}', 1, 4, /\{\{if\}\} is not closed; add \{\{end\}\}/],
    ['{{ .a }}{{ end }}', 1, 12, /\{\{end\}\} has no block/],
    ['{{ lower .a }}', 1, 4, /no function "lower"; there are .*toLower/],
    ['{{ call .f 1 }}', 1, 4, /"call" is not supported/],
    ['{{ (print 1 }}', 1, 5, /"\(" is never closed/],
    ['{{ $x }}', 1, 4, /variable "\$x" does not exist here/],
    ['{{ $x = 1 }}', 1, 4, /set it with ":="/],
    ['{{ template "x" }}', 1, 4, /no template is called "x"/],
    ['{{ len }}', 1, 4, /wrong number of arguments for len: it takes 1, not 0/],
    ['{{ .a | len 1 }}', 1, 9, /len: it takes 1, not 2/],
    ['{{ print (or) len }}', 1, 11, /or: it takes 1 or more, not 0/],
    ['{{ "text" 1 }}', 1, 4, /no function and takes no arguments/],
    ['{{ /* note */ }}', 1, 4, /a comment must fill its action/],
    ['{{ .a+1 }}', 1, 6, /unexpected "\+" after ".a"/],
    ['{{ 0x1p4 }}', 1, 4, /"0x1p4" is not a number Go can read/],
    ['{{ 1+2i }}', 1, 5, /unexpected "\+2i"/],
    ['{{ continue }}', 1, 4, /only inside \{\{range\}\}/],
  ];
  for (const [source, line, column, problem] of mistakes) {
    const error = failure(() => compileTemplate(source));
    assert.equal(error.code, 'template_syntax', source);
    assert.match(error.message, problem, source);
    assert.deepEqual([error.line, error.column], [line, column], `${source}: ${error.message}`);
  }
});

test('a failed execution tells where it failed and keeps what was written', () => {
  const template = compileTemplate('Rule {{ .rule }}\n{{ .rule.name }} never');
  const error = failure(() => template.execute({ rule: 'r' }));
  assert.equal(error.code, 'template_failed');
  assert.equal(error.partial, 'Rule r\n');
  assert.deepEqual([error.line, error.column], [2, 4]);
});

test('an error message does not repeat the data', () => {
  const data = { secret: 'hunter2', list: ['hunter2'], map: { hunter2: 'hunter2' } };
  const failing = [
    '{{ .secret.x }}',
    '{{ range .secret }}{{ end }}',
    '{{ index .list 9 }}',
    '{{ eq .map .secret }}',
    '{{ index .list .secret }}',
    '{{ join .secret .secret }}',
    '{{ match (print "(" .secret) "x" }}',
    '{{ trunc .secret "x" }}',
    '{{ toUpper .map }}',
  ];
  for (const source of failing) {
    assert.doesNotMatch(failure(() => execute(source, data)).message, /hunter2/, source);
  }
});

test('a comparison with what is not there is false and no error', () => {
  const source =
    '{{ lt .no 1 }} {{ ge .no 1 }} {{ gt "a" .null }} {{ le .no .null }} {{ eq .no 1 }}';
  assert.equal(execute(source, { null: null }), 'false false false false false');
  assert.equal(execute('{{ if eq .no nil }}absent{{ end }}'), 'absent');
});

test('the fields of null are nothing, like those of what is not there', () => {
  assert.equal(execute('{{ .null.a.b }}', { null: null }), '<no value>');
  assert.equal(execute('[{{ toUpper .no }}{{ join "," .no }}]'), '[]');
});

test('a number of the data is a number where Go wants one and else text', () => {
  const data = { port: 22, load: 2 };
  assert.equal(
    execute('{{ eq .port 22 }} {{ eq .port "22" }} {{ gt .port 21.5 }}', data),
    'true true true',
  );
  assert.equal(
    execute('{{ printf "%s %d %05d %.2f %q" .port .port .port .load .port }}', data),
    '22 22 00022 2.00 "22"',
  );
  assert.equal(execute('{{ contains "2" .port }} {{ len .port }}', data), 'true 2');
  assert.equal(failure(() => execute('{{ lt .port "9" }}', data)).code, 'template_failed');
  assert.equal(execute('{{ if .zero }}yes{{ else }}no{{ end }}', { zero: 0 }), 'no');
});

test('numbers that a double cannot hold print and compare with all their digits', () => {
  const data = { a: JSON.rawJSON('9007199254740993'), b: JSON.rawJSON('9007199254740992') };
  assert.equal(
    execute('{{ .a }} {{ print .a }} {{ printf "%d" .a }}', data),
    [data.a, data.a, data.a].map((n) => n.rawJSON).join(' '),
  );
  assert.equal(
    execute('{{ eq .a .b }} {{ gt .a .b }} {{ eq .a 9007199254740993 }}', data),
    'false true true',
  );
  assert.equal(execute('{{ .e }} {{ lt 1 .e }}', { e: JSON.rawJSON('1e400') }), '1e400 true');
});

test('only own properties of plain objects are seen', () => {
  const data = { map: {}, list: [1], text: 'x' };
  const inherited = '{{ .map.constructor }}{{ .map.__proto__ }}{{ .hasOwnProperty }}';
  assert.equal(execute(inherited, data), '<no value>'.repeat(3));
  assert.equal(execute('{{ index .map "toString" }}', data), '<no value>');
  for (const source of ['{{ .list.length }}', '{{ .text.length }}', '{{ index .list "length" }}']) {
    assert.equal(failure(() => execute(source, data)).code, 'template_failed', source);
  }
  const own: unknown = JSON.parse('{"__proto__":"own","constructor":1}');
  assert.equal(execute('{{ .__proto__ }} {{ .constructor }}', own), 'own 1');
});

test('what is no JSON can neither be opened nor printed', () => {
  const odd = [() => 1, Symbol('s'), new Map([['a', 1]]), new Date(), /x/, new URL('http://a/')];
  for (const value of odd) {
    for (const source of ['{{ .v }}', '{{ .v.a }}', '{{ range .v }}{{ end }}', '{{ print .v }}']) {
      assert.equal(failure(() => execute(source, { v: value })).code, 'template_failed');
    }
  }
});

test('a struct refuses fields that it does not have and says which it has', () => {
  const greet = { parameters: 1, call: ([name]: readonly unknown[]) => `hello ${String(name)}` };
  const data = struct({ Name: 'n', Map: { a: 1 } }, { methods: { Greet: greet } });
  assert.equal(
    execute('{{ .Name }} {{ .Map.a }} {{ .Greet "you" }} {{ "me" | .Greet }}', data),
    'n 1 hello you hello me',
  );
  assert.match(
    failure(() => execute('{{ .Nme }}', data)).message,
    /no field "Nme"; it has Name, Map, Greet/,
  );
  assert.match(failure(() => execute('{{ .Greet }}', data)).message, /takes 1 arguments, not 0/);
  assert.equal(execute('{{ . }} {{ printf "%+v" . }}', data), '{n map[a:1]} {Name:n Map:map[a:1]}');
});

test('a cut inside a character leaves U+FFFD with slice and nothing with trunc', () => {
  assert.equal(
    execute('{{ slice "é" 0 1 }}|{{ trunc 2 "aé" }}|{{ trunc -1 "é" }}|{{ trunc -3 "aéb" }}'),
    '\ufffd|a||éb',
  );
});

test('a replacement may match at the end of another, but not empty there, as in Go', () => {
  assert.equal(execute('{{ reReplaceAll "a*" "x" "baaac" }}'), 'xbxcx');
  assert.equal(failure(() => execute('{{ match "(?=a)" "a" }}')).code, 'template_failed');
});

test('one template may be executed many times and keeps nothing from the last', () => {
  const template = compileTemplate('{{ $n := 0 }}{{ range .l }}{{ $n = . }}{{ end }}{{ $n }}');
  assert.equal(template.execute({ l: [1, 2] }), '2');
  assert.equal(template.execute({ l: [] }), '0');
});

test('the README lists every function', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  for (const name of FUNCTION_NAMES) {
    assert.match(readme, new RegExp(`\`${name}\``), name);
  }
});
