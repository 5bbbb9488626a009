import { readFileSync } from 'node:fs';
import { readBody } from '../../src/ingest/body.ts';
import { readBinaryEvent } from '../../src/ingest/http/cloudevents.ts';
import { createMapping } from '../../src/ingest/mapping/mapping.ts';
import { decodeLogs } from '../../src/ingest/otlp/decode.ts';
import { JsonError, parseLossless } from '../../src/json.ts';
import { WireError } from '../../src/proto/wire-reader.ts';
import { bytesField, fixed64Field, numberField } from '../../src/proto/wire.ts';
import { auditBatches } from '../support/audit-corpus.ts';
import { corpusLines } from '../support/corpus.ts';
import { EVERY_SETTING } from '../support/mapping-settings.ts';
import { grownDocuments, grownTexts, type GrowingInput, type Parser } from './parser.ts';
import { context, taken } from './taken.ts';

/** What comes as a document. */

const LIMITS = { depthMax: 128, alertsMax: 10_000, bytesMaxSingle: Number.POSITIVE_INFINITY };

function takeBody(input: Buffer): unknown {
  const body = readBody(input, undefined, LIMITS);
  return 'status' in body ? body : taken(body.documents);
}

function dataLines(name: string): string[] {
  return readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
}

/** The longest has most places. */
function longest(texts: readonly string[]): object {
  const [text = '{}'] = texts.toSorted((one, other) => other.length - one.length);
  return JSON.parse(text) as object;
}

const json: Parser = {
  name: 'JSON',
  inputs: grownTexts(
    ['', '{"rule":"R","priority":"Error","output_fields":{"a":', '[', '{"rule":"', '{"uuid":"'],
    ['[', '{"a":', '1', '1e', '-', '"', '\\', '\\u0000', ' ', '"a":1,', '1,', '{},', '\n', '{}\n'],
  ),
  read(input) {
    try {
      parseLossless(input.toString(), { depthMax: 128 });
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
    }
    return takeBody(input);
  },
};

function format(name: string, ...seeds: readonly object[]): Parser {
  return { name, inputs: seeds.flatMap(grownDocuments), read: takeBody };
}

const { requests } = JSON.parse(dataLines('cloudevents/requests.json').join('\n')) as {
  readonly requests: readonly { readonly mode: string; readonly body: string }[];
};
const structured = requests.filter(({ mode }) => mode === 'structured').map(({ body }) => body);

const headers: Parser = {
  name: 'CloudEvents in headers',
  inputs: grownTexts(['', '"', '"a'], ['a', '\\', '"', '%', '%41', '%f', '\\"'], ['', '"']),
  read(input) {
    const all = { specversion: '1.0', id: '1', source: 's', type: 't', subject: input.toString() };
    const named = Object.entries(all).map(([name, value]) => [`ce-${name}`, value]);
    const read = readBinaryEvent(Buffer.from('{}'), Object.fromEntries(named), LIMITS);
    return read !== undefined && 'documents' in read ? taken(read.documents) : read;
  },
};

/** One after the other, in one message. */
function repeated(what: string, head: Buffer, part: Buffer, wrap: (all: Buffer) => Buffer) {
  return {
    what,
    make: (chars: number) =>
      wrap(
        Buffer.concat([
          head,
          ...Array.from({ length: Math.ceil(chars / part.length) }, () => part),
        ]),
      ),
  } satisfies GrowingInput;
}

const asIs = (bytes: Buffer): Buffer => bytes;
const inLogs = (records: Buffer): Buffer => bytesField(1, bytesField(2, records));
const inRecord = (fields: Buffer): Buffer => inLogs(bytesField(2, fields));
const text = (value: string): Buffer => bytesField(1, Buffer.from(value));
const ERROR = Buffer.concat([fixed64Field(1, 1_786_406_401_512_000_007n), numberField(2, 17n)]);
const ATTRIBUTE = bytesField(6, Buffer.concat([text('k'), bytesField(2, text('v'))]));

/** An alert costs more than its bytes: not too many of them. */
const LONG = Buffer.concat([ERROR, bytesField(5, text('a'.repeat(200)))]);

function deepValue(chars: number): Buffer {
  let value = text('x');
  for (let level = 0; level < Math.min(chars / 8, 2000); level += 1) {
    value = bytesField(5, bytesField(1, value));
  }
  return inRecord(Buffer.concat([ERROR, bytesField(5, value)]));
}

const protobuf: Parser = {
  name: 'OTLP as protobuf',
  inputs: [
    ...['\n', '\u00ff', '\u0000', '\u0012\u0000', '\u0080', 'a'].map((part) =>
      repeated(JSON.stringify(part), Buffer.alloc(0), Buffer.from(part, 'latin1'), asIs),
    ),
    repeated('records', Buffer.alloc(0), bytesField(2, LONG), inLogs),
    repeated('resources', Buffer.alloc(0), inRecord(LONG), asIs),
    repeated('attributes', ERROR, ATTRIBUTE, inRecord),
    repeated('fields that are not known', ERROR, numberField(99, 1n), inRecord),
    repeated('a body', ERROR, Buffer.from('a'), (all) =>
      inRecord(bytesField(5, bytesField(1, all))),
    ),
    { what: 'a value in a value', make: deepValue },
  ],
  read(input) {
    try {
      const { resourceLogs = [] } = decodeLogs(input);
      return taken([{ resourceLogs }]);
    } catch (error) {
      if (error instanceof WireError) return error;
      throw error;
    }
  },
};

const mapping = createMapping('own', EVERY_SETTING);

const MAPPED = {
  list: [
    {
      id: 'i',
      time: '2026-08-11T00:04:09.1+0200',
      'any name': 'r',
      level: '7',
      text: 't',
      hosts: [{ name: 'h' }],
      tags: ['x'],
      a: { b: { c: [{ d: ['e'] }] } },
    },
  ],
};

const mappings: Parser = {
  name: 'mappings',
  inputs: grownDocuments(MAPPED),
  read(input) {
    const body = readBody(input, undefined, LIMITS);
    if ('status' in body) return body;
    return taken(body.documents, { ...context, mappings: [mapping], pathName: 'own' });
  },
};

export const documents: readonly Parser[] = [
  json,
  format('Falco', longest(corpusLines)),
  format('Tracee', longest(dataLines('tracee/events.ndjson'))),
  format(
    'Tetragon',
    ...dataLines('tetragon/events.ndjson')
      .filter((line) => line.includes('process_kprobe'))
      .slice(0, 1)
      .map((line) => JSON.parse(line) as object),
  ),
  format('Alertmanager', longest([dataLines('alertmanager/webhook.json').join('\n')])),
  format('Kubernetes audit', ...auditBatches.slice(0, 2).map(({ body }) => body)),
  format('CloudEvents', longest(structured), JSON.parse(structured[0]!) as object),
  headers,
  format('OTLP as JSON', longest([dataLines('otlp/logs.json').join('\n')])),
  protobuf,
  mappings,
];
