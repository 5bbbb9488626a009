import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { type Alert, fieldOf } from '../../../src/alert.ts';
import { DocumentError, readBody } from '../../../src/ingest/body.ts';
import { compileEnrichment } from '../../../src/ingest/normalise/enrich.ts';
import { normaliseFalco } from '../../../src/ingest/normalise/falco.ts';
import { normalise } from '../../../src/ingest/normalise/normalise.ts';
import { readVerbatim } from '../../../src/ingest/verbatim.ts';
import { JsonError, alertFromJson, alertToJson, goJson, parseLossless } from '../../../src/json.ts';
import { corpusLines } from '../../support/corpus.ts';
import { asRead, assertKept, readByTheBook } from '../by-the-book.ts';
import { heldBytes } from '../memory.ts';
import { mutate } from '../mutate.ts';
import { seedsOf, type Target } from '../target.ts';

/** JSON, bodies of alerts, and the two ways from a document to an alert. */

const BAD = new URL('../../data/bad/', import.meta.url);
const BAD_BYTES_MAX = 32 * 1024;

export const badBodies: readonly Buffer[] = readdirSync(BAD)
  .filter((file) => file !== 'index.json')
  .map((file) => readFileSync(new URL(file, BAD)))
  .filter(({ length }) => length > 0 && length <= BAD_BYTES_MAX);

export const alertWords: readonly string[] = [
  '"output_fields":{',
  '"rule":"Test rule",',
  '"priority":"Emergency"',
  '"Priority":"debug",',
  '"uuid":"0198f0c2-5d2e-7cc0-a1f2-000000000001",',
  '"tags":["b","a","a"]',
  '"time":"2026-01-02T03:04:05.000000006Z"',
  '"__proto__":{"a":1},',
  '"a":1,"a":2,',
  '"\\u0061":',
  '"evt.time":1786406649137000001,',
  '"b,":":"',
  '\\ud83d',
  '\\"',
  '\u2028',
  '\ufeff',
  '}\n{',
  '\r\n',
];

const small = corpusLines.filter(({ length }) => length < 2000);

export const json: Target = {
  name: 'json',
  seeds: [...seedsOf(small), ...badBodies],
  words: alertWords,
  memoryBytes: heldBytes,
  check(input) {
    const text = input.toString();
    let value: unknown;
    try {
      value = parseLossless(text);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      assert.ok(error.position >= 0 && error.position <= text.length, `at ${error.position}`);
      // Beyond the depth it need not be JSON.
      if (error.code === 'invalid_json') assert.equal(readByTheBook(text), undefined);
      return;
    }
    const read = readByTheBook(text);
    assert.ok(read, 'it was taken, and is no JSON');
    const written = JSON.stringify(value);
    assert.deepEqual(readByTheBook(written)?.value, asRead(read.value));
    const list = goJson([value]);
    assert.equal(goJson(parseLossless(list, { depthMax: 33 }) as object), list);
  },
};

const limits = { depthMax: 32, alertsMax: 1000, bytesMaxSingle: 64 * 1024 };
const provenance = { input: 'http', agent: 'falco' } as const;
const context = {
  nowMs: 1_786_406_649_137,
  provenance,
  enrichment: compileEnrichment({
    customFields: {},
    templatedFields: {},
    customTags: [],
    bracketReplacer: '',
    outputFieldFormat: '',
  }),
};

export const bodies: Target = {
  name: 'bodies',
  seeds: [
    ...seedsOf(small.slice(0, 60)),
    ...badBodies,
    Buffer.from(small.slice(0, 4).join('\n')),
    Buffer.from(`[${small.slice(4, 8).join()}]`),
  ],
  words: alertWords,
  memoryBytes: heldBytes,
  check(input) {
    for (const type of ['application/json', 'application/x-ndjson', undefined]) {
      const body = readBody(input, type, limits);
      if ('code' in body) continue;
      for (const document of body.documents) {
        if (document instanceof DocumentError) continue;
        const result = normalise(document, context);
        if (!result.ok) continue;
        const stored = result.json ?? alertToJson(result.alert);
        const back = alertFromJson(stored, provenance, context.nowMs);
        assert.equal(alertToJson(back), stored, 'read back, the alert is another');
        if (body.shape !== 'single') continue;
        assertKept(input.toString().replace(/^\ufeff/, ''), stored);
      }
    }
  },
};

const FIELDS = Buffer.from('"output_fields":{');
/** In front of all others; with names and values that look like what is between them. */
const MEMBERS = [
  '"":0,',
  '"!":"\\",\\"a\\":1",',
  '"\'a":",",',
  '"\'b,":":",',
  '"\'c,":":x",',
  '"\'d":"\'e,",',
  '"(":12345678901234567890,',
  '")":null,',
  '",":"x,",',
  '"--":true,',
];

export const verbatim: Target = {
  name: 'verbatim',
  seeds: seedsOf(small).filter((line) => readVerbatim(line) !== undefined),
  words: [...alertWords, ...MEMBERS],
  make(random) {
    const input = mutate(verbatim, random);
    const at = input.indexOf(FIELDS) + FIELDS.length;
    if (at < FIELDS.length || random.chance(0.4)) return input;
    const members = Array.from({ length: 1 + random.below(3) }, () => random.pick(MEMBERS));
    return Buffer.concat([
      input.subarray(0, at),
      Buffer.from(members.join('')),
      input.subarray(at),
    ]);
  },
  memoryBytes: heldBytes,
  check(input) {
    const document = readVerbatim(input);
    if (document === undefined) return;
    const short = normalise(document, context);
    const long = normaliseFalco(parseLossless(input.toString()), context);
    if (!short.ok || !long.ok) return assert.deepEqual(short, long);
    assertOne(short.json, short.alert, { ...long.alert, uuid: short.alert.uuid });
  },
};

function assertOne(json: string | undefined, short: Alert, long: Alert): void {
  // Before anything is parsed: looked up in the text.
  for (const name of namesIn(long)) {
    assert.deepEqual(fieldOf(short, name), fieldOf(long, name), `the field ${name}`);
  }
  assert.equal(json ?? alertToJson(short), alertToJson(long));
  for (const [member, value] of Object.entries(long)) {
    assert.deepEqual(short[member as keyof Alert], value, member);
  }
}

/** First, since a name that is there has all fields parsed. */
const ODD_NAMES = ['', ':', ',', ':0,', ',:', '\\', "'a", 'toString', '__proto__'];

/** Names that are there, and some that only look so. */
function namesIn({ fields }: Alert): string[] {
  const names = Object.keys(fields).slice(0, 20);
  const texts = Object.values(fields).filter((value) => typeof value === 'string');
  return [...ODD_NAMES, ...texts.slice(0, 5), ...names];
}

export const documents: readonly Target[] = [json, bodies, verbatim];
