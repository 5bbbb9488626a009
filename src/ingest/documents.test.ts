import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { AGENTS } from '../../test/support/agent-settings.ts';
import { type Alert, PRIORITIES, priorityTitle, severityOf } from '../alert.ts';
import { alertFromJson, alertToJson, parseLossless } from '../json.ts';
import { readAgents } from './agents/table.ts';
import { DocumentError, readBody } from './body.ts';
import { compileEnrichment, type EnrichmentSettings } from './normalise/enrich.ts';
import { normalise } from './normalise/normalise.ts';
import { sortedFields } from './normalise/fields.ts';
import { readPriority } from './normalise/priority.ts';

/** From the bytes of a body to alerts: the corpus, the bad bodies and what Falcosidekick does. */

const data = new URL('../../test/data/', import.meta.url);
const limits = { depthMax: 32, alertsMax: 10_000, bytesMaxSingle: 1024 * 1024 };
const provenance = { input: 'http', agent: 'falco' };
const nowMs = Date.parse('2026-08-11T02:03:58.000Z');

const context = {
  sender: { input: 'http', peer: '192.0.2.1' },
  nowMs,
  alertsMax: limits.alertsMax,
  ...AGENTS,
} as const;

interface Outcome {
  /** 200, or the refusal's. A body with one document has the status of that document. */
  readonly status: number;
  readonly code?: string;
  readonly alerts: readonly Alert[];
  readonly rejectedLines: readonly number[];
  readonly invalidUtf8: boolean;
}

function receive(
  body: Buffer,
  contentType: string | undefined,
  settings: Partial<EnrichmentSettings> = {},
): Outcome {
  const nothing = { alerts: [], rejectedLines: [], invalidUtf8: false };
  const read = readBody(body, contentType, limits);
  if ('code' in read) return { ...nothing, status: read.status, code: read.code };
  const enrichment = compileEnrichment({
    customFields: {},
    templatedFields: {},
    customTags: [],
    bracketReplacer: '',
    outputFieldFormat: '',
    ...settings,
  });
  const alerts: Alert[] = [];
  const rejectedLines: number[] = [];
  const documents = readAgents(read.documents, context);
  assert.ok(!('status' in documents));
  for (const document of documents) {
    if (document instanceof DocumentError) {
      if (read.shape === 'text') return { ...nothing, status: 422, code: document.code };
      rejectedLines.push(document.line!);
      continue;
    }
    const result = normalise(document, { nowMs, provenance, enrichment });
    if (result.ok) alerts.push(result.alert);
    else if (read.shape === 'single') return { ...nothing, status: 422, code: result.code };
  }
  return { status: 200, alerts, rejectedLines, invalidUtf8: read.invalidUtf8 };
}

describe('the corpus', () => {
  const body = readFileSync(new URL('corpus/falco-alerts.ndjson', data));
  const lines = body.toString().trim().split('\n');
  const { alerts, rejectedLines } = receive(body, 'application/x-ndjson');

  test('is accepted as a whole', () => {
    assert.deepEqual(rejectedLines, []);
    assert.equal(alerts.length, lines.length);
    assert.ok(lines.length > 170);
  });

  test('arrives with every member and every digit', () => {
    for (const [i, line] of lines.entries()) {
      const sent = parseLossless(line) as Record<string, unknown>;
      const stored = parseLossless(alertToJson(alerts[i] as Alert)) as Record<string, unknown>;
      for (const [name, value] of Object.entries(expectedOf(sent))) {
        assert.equal(JSON.stringify(stored[name]), JSON.stringify(value), `${name} of ${line}`);
      }
    }
  });

  test('keeps the nanoseconds as the text has them', () => {
    const nanoseconds = /"evt\.time(?:\.iso8601)?":(\d{19})/;
    let seen = 0;
    for (const [i, line] of lines.entries()) {
      const digits = nanoseconds.exec(line)?.[1];
      if (digits !== undefined) seen++;
      assert.equal(nanoseconds.exec(alertToJson(alerts[i] as Alert))?.[1], digits, line);
    }
    assert.ok(seen > 150);
  });

  test('survives being stored', () => {
    for (const alert of alerts) {
      assert.deepEqual(alertFromJson(alertToJson(alert), provenance, nowMs), whole(alert));
    }
  });

  test('is the same one by one', () => {
    for (const [i, line] of lines.entries()) {
      const [alert] = receive(Buffer.from(line), 'application/json').alerts;
      assert.ok(alert);
      const { uuid } = alert;
      assert.deepEqual(whole(alert), { ...whole(alerts[i] as Alert), uuid });
    }
  });
});

/** With what an alert parses only when it is asked. */
function whole(alert: Alert): Alert {
  const { output, fields } = alert;
  return { ...alert, output, fields };
}

/** What is meant to change on the way in, apart from what is filled in. */
function expectedOf(document: Record<string, unknown>): Record<string, unknown> {
  const { message: _, ...sent } = document;
  if (sent['rule'] === 'Test rule')
    return { ...sent, source: 'internal', tags: ['example', 'test'] };
  if (JSON.stringify(sent['tags']) === '[]') delete sent['tags'];
  // A list of numbers, which one alert has, is the one value that a field cannot hold as it is.
  const fields = sent['output_fields'] as Record<string, unknown> | undefined;
  const lines = fields?.['github.diff.committed_secrets.lines'];
  if (fields && lines) fields['github.diff.committed_secrets.lines'] = JSON.stringify(lines);
  return sent;
}

interface BadBody {
  readonly file: string;
  readonly about: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly status: number;
  readonly alerts?: number;
  readonly code?: string;
  readonly layer?: 'http';
  readonly generated?: boolean;
  readonly expect?: Readonly<Record<string, unknown>>;
}

describe('a hostile or malformed body', () => {
  const index = readJson('bad/index.json') as { cases: readonly BadBody[] };
  for (const bad of index.cases.filter(({ layer }) => layer !== 'http')) {
    test(`${bad.about} (${bad.file})`, () => {
      const body = bad.generated
        ? padded(bad.bytes)
        : readFileSync(new URL(`bad/${bad.file}`, data));
      assert.equal(body.length, bad.bytes);
      const outcome = receive(body, bad.headers['Content-Type']);
      assert.equal(outcome.status, bad.status);
      assert.equal(outcome.code, bad.code);
      assert.equal(outcome.alerts.length, bad.alerts ?? 0);
      checkExpectations(outcome, bad.expect ?? {});
    });
  }
});

function checkExpectations(outcome: Outcome, expected: Readonly<Record<string, unknown>>): void {
  const { fields, rejectedLines, invalidUtf8, truncated, ...members } = expected;
  const alert = { ...outcome.alerts[0] };
  for (const [name, value] of Object.entries({ ...members, ...(fields ? { fields } : {}) })) {
    const actual = alert[name as keyof Alert];
    const part = name === 'fields' ? Object.assign({}, actual, value) : value;
    assert.deepEqual(actual, part, name);
  }
  assert.deepEqual(outcome.rejectedLines, rejectedLines ?? []);
  assert.equal(outcome.invalidUtf8, invalidUtf8 ?? false);
  assert.equal(alert.tags?.includes('truncated') ?? false, truncated ?? false);
}

interface IngestCase {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly config: {
    readonly customfields?: Record<string, string>;
    readonly outputfieldformat?: string;
  };
  readonly status: number | string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Where this hub differs from Falcosidekick, and why. */
const DIFFERENT: ReadonlyMap<string, Readonly<Record<string, unknown>>> = new Map(
  Object.entries({
    // Two documents in one body would be one alert lost in silence.
    'trailing garbage accepted': { status: 400 },
    // Well-formed, but no alert.
    'missing rule': { status: 422 },
    'priority number': { status: 422 },
    'time space': { status: 422 },
    // Falco's hot-restart alert has none.
    'missing output_fields': { status: 200, output_fields: {} },
    // It can only mean one thing.
    'time epoch number': { status: 200, time: '2024-01-01T00:00:00Z' },
    // No reader wants a tag twice.
    'tags sorted, dup kept': { status: 200, tags: ['a', 'b'] },
    // Nothing depends on the alert's size: any one value may have 4096 characters.
    'long fields cut only when alert > 4096 bytes': {
      output_fields: { 'proc.cmdline': `${'A'.repeat(4095)}…` },
    },
    // A namespace that is a number is an alert like any other.
    'k8s.ns.name number': { status: 200, output_fields: { 'k8s.ns.name': 5 } },
  }),
);

describe("Falcosidekick's way with a body", () => {
  const { cases } = readJson('golden/ingest.json') as { cases: readonly IngestCase[] };
  for (const golden of cases.filter(({ method, path }) => method === 'POST' && path === '/')) {
    test(golden.name, () => {
      const { status = golden.status, ...facts } = {
        ...golden.facts,
        ...DIFFERENT.get(golden.name),
      } as Record<string, unknown>;
      const outcome = receive(Buffer.from(golden.body), 'application/json', {
        customFields: golden.config.customfields ?? {},
        outputFieldFormat: golden.config.outputfieldformat ?? '',
      });
      assert.equal(outcome.status, status);
      if (outcome.status !== 200) return;
      assert.equal(outcome.alerts.length, 1);
      checkFacts(alertToJson(outcome.alerts[0] as Alert), facts);
    });
  }
});

/** The facts of a case that show in the alert's JSON. */
function checkFacts(json: string, facts: Readonly<Record<string, unknown>>): void {
  const stored = JSON.parse(json) as Record<string, unknown>;
  for (const [name, fact] of Object.entries(facts)) {
    if (name === 'alert_json_contains') assert.ok(json.includes(String(fact)), json);
    else if (fact === 'absent') assert.ok(!(name in stored), name);
    else if (name in stored && name !== 'uuid') {
      assert.deepEqual(stored[name], fact, name);
    }
  }
}

interface PureCase<Input, Expected> {
  readonly name: string;
  readonly input: Input;
  readonly expected: Expected;
}

/** Falcosidekick counts from Debug, 1, to Emergency, 8; 0 is no priority. */
describe("Falcosidekick's priorities", () => {
  const { cases } = readJson('golden/priority.json') as {
    cases: readonly PureCase<string | number, string | number>[];
  };
  for (const { name, input, expected } of cases) {
    test(name, () => {
      if (typeof input === 'number') {
        const priority = PRIORITIES[8 - input];
        assert.equal(priority && priorityTitle(priority), expected === '' ? undefined : expected);
      } else {
        const priority = readPriority(input);
        assert.equal(priority && 8 - severityOf(priority), expected === 0 ? undefined : expected);
      }
    });
  }
});

describe("Falcosidekick's order of fields", () => {
  const { cases } = readJson('golden/sorted-string-keys.json') as {
    cases: readonly PureCase<Readonly<Record<string, string | number>>, readonly string[] | null>[];
  };
  for (const { name, input, expected } of cases) {
    test(name, () => {
      const fields = Object.entries(sortedFields(input));
      const shown = fields.filter(([, value]) => typeof value === 'string').map(([key]) => key);
      assert.deepEqual(shown, expected ?? []);
    });
  }
});

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, data), 'utf8'));
}

/** An alert of exactly so many bytes. */
function padded(bytes: number): Buffer {
  const document = { rule: 'R', priority: 'Notice', output: '' };
  const output = 'x'.repeat(bytes - JSON.stringify(document).length);
  return Buffer.from(JSON.stringify({ ...document, output }));
}
