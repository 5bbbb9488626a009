import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { type Alert, fieldOf } from '../alert.ts';
import { JsonError, alertToJson, parseLossless } from '../json.ts';
import { Random } from '../../test/support/random.ts';
import { compileEnrichment } from './normalise/enrich.ts';
import { normaliseFalco } from './normalise/falco.ts';
import { normalise } from './normalise/normalise.ts';
import { VerbatimDocument, readVerbatim } from './verbatim.ts';

const corpus = readFileSync(new URL('../../test/data/corpus/falco-alerts.ndjson', import.meta.url))
  .toString()
  .trimEnd()
  .split('\n');

const idle = compileEnrichment({
  customFields: {},
  templatedFields: {},
  customTags: [],
  bracketReplacer: '',
  outputFieldFormat: '',
});
const context = {
  nowMs: 1_786_406_649_137,
  provenance: { input: 'http', agent: 'falco' },
  enrichment: idle,
};

const TEXTS = [
  'a',
  'é',
  '☃',
  '😀',
  '<&>',
  '\u2028',
  '\\n',
  '\\"',
  '\\\\',
  '\\/',
  '\\u0041',
  ' ',
  '"',
];
const PARTS = [
  ...TEXTS,
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
  '-',
  '0',
  '9',
  '.',
  'e',
  'null',
  'true',
  '\t',
];
const MEMBERS = [
  '"zz":1,',
  '"a":-0,',
  '"0":"x",',
  '"__proto__":1,',
  '"k8s.ns.name":"a\\"b",',
  '"n":12345678901234567890,',
  '"rule":"x",',
  '"!list":["a","b\\n"],',
  '"!list":[],',
  '"!list":["a,"],":":1,',
  '"!list":["a",1],',
];

/** The line with one thing changed, somewhere. */
function changed(line: string, random: Random): string {
  const at = random.below(line.length + 1);
  const part = random.pick(random.below(3) === 0 ? MEMBERS : PARTS);
  const left = random.below(4);
  if (left === 0) return line.slice(0, at) + line.slice(at + random.below(4));
  if (left === 1) return line.replace('"output_fields":{', `"output_fields":{${part}`);
  if (left === 2) return line.slice(0, at) + part + line.slice(at + 1);
  return line.slice(0, at) + part + line.slice(at);
}

/** Both ways to an alert; undefined where the short one is not open. */
function bothWays(bytes: Buffer): { short: Alert; long: Alert; json: string } | undefined {
  const document = readVerbatim(bytes);
  if (document === undefined) return undefined;
  const short = normalise(document, context);
  const long = normaliseFalco(parseLossless(bytes.toString()), context);
  if (!short.ok || !long.ok) {
    assert.deepEqual(short, long);
    return undefined;
  }
  const json = short.json ?? alertToJson(short.alert);
  const { uuid } = short.alert;
  return { short: short.alert, long: { ...long.alert, uuid }, json };
}

function assertSame(line: string | Buffer): boolean {
  const ways = bothWays(Buffer.from(line));
  if (ways === undefined) return false;
  const { short, long, json } = ways;
  assert.equal(json, alertToJson(long));
  assert.equal(alertToJson(short), json);
  for (const [name, value] of Object.entries(long)) {
    assert.deepEqual(short[name as keyof Alert], value, name);
  }
  return true;
}

test('what Falco sends is kept as it came', () => {
  const sent = corpus.filter((line) => /^\{"hostname":.*"tags":\[.*"time":"[^"]*"\}$/.test(line));
  const kept = sent.filter((line) => readVerbatim(Buffer.from(line)) instanceof VerbatimDocument);
  assert.ok(
    kept.length > 100 && kept.length > sent.length * 0.95,
    `${kept.length} of ${sent.length}`,
  );
});

test('both ways come to the same alert, to the byte', () => {
  const same = corpus.filter((line) => assertSame(line));
  assert.ok(same.length > 100);
});

test('both ways come to the same alert, whatever is changed about it', () => {
  const random = new Random(20_261_128);
  let same = 0;
  for (let round = 0; round < 40_000; round += 1) {
    const line = changed(random.pick(corpus), random);
    if (assertSame(random.below(3) === 0 ? changed(line, random) : line)) same += 1;
  }
  assert.ok(same > 5000, `only ${same} were taken`);
});

test('bytes that are no UTF-8, or no JSON, are left to who can say what is wrong', () => {
  const line = Buffer.from(corpus[0] as string);
  for (const byte of [0x00, 0x0a, 0x22, 0x5c, 0x80, 0xed, 0xff]) {
    for (let at = 0; at < line.length; at += 1) {
      const bytes = Buffer.from(line);
      bytes[at] = byte;
      if (readVerbatim(bytes) !== undefined) assertSame(bytes);
      if (byte === 0x80) assert.equal(readVerbatim(bytes), undefined);
    }
  }
  for (let end = 0; end < line.length; end += 1) {
    assert.equal(readVerbatim(line.subarray(0, end)), undefined);
    assert.throws(() => parseLossless(line.subarray(0, end).toString()), JsonError);
  }
});

test('a field is found without the others, and only where it is one', () => {
  const head = '{"hostname":"h","output":"x","output_fields":{';
  const tail =
    '},"priority":"Error","rule":"r","source":"s","time":"2026-01-02T03:04:05.000000006Z"}';
  const fields =
    '"a":"\\",\\"b\\":\\"no","b,":"comma","c":12345678901234567890,"d":"","e\u20ac":"\u20ac","f":"x\\\\"';
  const document = readVerbatim(Buffer.from(head + fields + tail));
  assert.ok(document);
  for (const parsedBefore of [false, true]) {
    const result = normalise(document, context);
    assert.ok(result.ok);
    const { alert } = result;
    if (parsedBefore) assert.equal(Object.keys(alert.fields).length, 6);
    assert.equal(fieldOf(alert, 'b'), undefined);
    assert.equal(fieldOf(alert, 'a'), '","b":"no');
    assert.equal(fieldOf(alert, 'b,'), 'comma');
    assert.equal(fieldOf(alert, 'd'), '');
    assert.equal(fieldOf(alert, 'e\u20ac'), '\u20ac');
    assert.equal(fieldOf(alert, 'f'), 'x\\');
    assert.equal(fieldOf(alert, 'toString'), undefined);
    assert.equal(fieldOf(alert, '"'), undefined);
    assert.deepEqual(fieldOf(alert, 'c'), JSON.rawJSON('12345678901234567890'));
  }
});

test('a field is not found in a name or a text that ends with a comma', () => {
  const head = '{"hostname":"h","output":"x","output_fields":{';
  const tail =
    '},"priority":"Error","rule":"r","source":"s","time":"2026-01-02T03:04:05.000000006Z"}';
  for (const [fields, name] of [
    ['"a,":":","b":"no"', ':'],
    ['"!":"x,",":":"no"', ','],
    ['"!,":1,":k":"no"', ':1,'],
    ['"!":["a,"],":":1', '],'],
    ['"!":["x","b"],"c":"no"', 'b'],
  ] as const) {
    const document = readVerbatim(Buffer.from(head + fields + tail));
    assert.ok(document, fields);
    const result = normalise(document, context);
    assert.ok(result.ok);
    assert.equal(fieldOf(result.alert, name), undefined, fields);
  }
});

test('names, texts and lists at their limits are the same both ways', () => {
  const line = corpus[0] as string;
  const field = (text: string) => line.replace('"output_fields":{', `"output_fields":{${text},`);
  const texts = [126, 127, 128, 4093, 4094, 4095, 4096, 4097].map((n) => '!'.repeat(n));
  for (const text of texts) {
    assertSame(field(`"!":"${text}"`));
    assertSame(field(`"!":["${text.slice(2)}"]`));
    assertSame(field(`"!":["a","${text.slice(6)}"]`));
    assertSame(field(`"${text}":1`));
    assertSame(line.replace(/"rule":"[^"]*"/, `"rule":"${text}"`));
    assertSame(line.replace(/"source":"[^"]*"/, `"source":"${text.slice(0, 70)}"`));
    assertSame(line.replace(/"hostname":"[^"]*"/, `"hostname":"${text.slice(0, 260)}"`));
    assertSame(line.replace(/"output":"/, `"output":"${text.repeat(4)}`));
  }
  for (const count of [511, 512, 513]) {
    const names = Array.from({ length: count }, (_, n) => `"n${String(n).padStart(4, '0')}":${n}`);
    assertSame(line.replace(/"output_fields":\{[^}]*\}/, `"output_fields":{${names.join()}}`));
  }
  for (const count of [63, 64, 65]) {
    const tags = Array.from({ length: count }, (_, n) => `"t${String(n).padStart(4, '0')}"`);
    assertSame(line.replace(/"tags":\[[^\]]*\]/, `"tags":[${tags.join()}]`));
  }
  assertSame(line.replace(/"tags":\[[^\]]*\]/, '"tags":[]'));
});
