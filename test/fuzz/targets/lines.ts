import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { AgentDocument } from '../../../src/ingest/agents/agent-document.ts';
import { readFalcoLine, unescapeFalcoLine } from '../../../src/ingest/agents/falco-line.ts';
import { auditdDocument } from '../../../src/ingest/auditd/document.ts';
import { AuditRoom } from '../../../src/ingest/auditd/room.ts';
import { Reassembler } from '../../../src/ingest/auditd/reassemble.ts';
import { type AuditRecord, parseRecord } from '../../../src/ingest/auditd/record.ts';
import { DocumentError } from '../../../src/ingest/body.ts';
import { FileLines } from '../../../src/ingest/file/lines.ts';
import { Assembler } from '../../../src/ingest/lines/assemble.ts';
import { Room } from '../../../src/ingest/lines/room.ts';
import { splitLines } from '../../../src/ingest/lines/split.ts';
import { unwrapLine } from '../../../src/ingest/lines/unwrap.ts';
import { normaliseFalco } from '../../../src/ingest/normalise/falco.ts';
import { VerbatimDocument } from '../../../src/ingest/verbatim.ts';
import { AGENTS } from '../../support/agent-settings.ts';
import { corpusLines } from '../../support/corpus.ts';
import { FILE_SETTINGS } from '../../support/followed-files.ts';
import { heldBytes } from '../memory.ts';
import { context } from '../stored.ts';
import { seedsOf, type Target } from '../target.ts';

/** Lines of files: what wraps them, auditd's records, and Falco's text. */

const NOW_MS = Date.parse('2026-08-11T12:00:00Z');
const TIME = '2026-08-11T00:04:09.123456789Z';
const auditd = { priorities: { modules: 'critical' } } as const;
const sender = { input: 'file', peer: 'node-1' } as const;
const lineContext = { ...AGENTS, auditd, sender, alertsMax: 1000 };

const read = (name: string): Buffer => readFileSync(new URL(`../../data/${name}`, import.meta.url));
const falcoText = read('corpus/falco-stdout.log').toString().trimEnd().split('\n');
const small = corpusLines.filter(({ length }) => length < 2000).slice(0, 16);

/** How each log writes a part of a line, or its end. */
const WRAPS: readonly ((text: string, isPart: boolean) => string)[] = [
  (text, isPart) => `${TIME} stdout ${isPart ? 'P' : 'F'} ${text}`,
  (text, isPart) =>
    JSON.stringify({ log: isPart ? text : `${text}\n`, stream: 'stdout', time: TIME }),
  (text, isPart) =>
    JSON.stringify({
      ...(isPart && { CONTAINER_PARTIAL_MESSAGE: 'true' }),
      CONTAINER_ID_FULL: 'c0ffee',
      MESSAGE: text,
      __REALTIME_TIMESTAMP: '1786406649123456',
    }),
];

function linesIn(input: Buffer): Buffer[] {
  return splitLines(Buffer.concat([input, Buffer.from('\n')]), 0).lines.map(({ bytes }) => bytes);
}

/** A name for a stream takes room as long as its line waits. */
const STREAM_LENGTH_MAX = 64;

function assertUnwrapped(line: string): void {
  const { text, stream, hostname, writtenAtMs } = unwrapLine(line, NOW_MS);
  assert.ok(text.length <= line.length, 'there is more in it than was there');
  assert.ok(stream.length <= STREAM_LENGTH_MAX, 'the name of a stream is long');
  assert.ok(hostname.length <= line.length);
  if (writtenAtMs !== undefined) new Date(writtenAtMs).toISOString();
}

/** What a log wraps and cuts, comes out as it was. */
function assertPutTogether(text: string): void {
  const length = 1 + (text.length % 97);
  const parts = text.match(new RegExp(`[^]{1,${length}}`, 'gu')) ?? [''];
  for (const wrap of WRAPS) {
    const assembler = new Assembler({ charsMax: 2 * text.length + parts.length });
    const given = parts.map((part, at) => {
      const line = wrap(part, at < parts.length - 1);
      return assembler.add(unwrapLine(line, NOW_MS), at, 0);
    });
    const last = given.pop();
    assert.ok(given.every((one) => one === undefined));
    assert.equal(typeof last === 'object' ? last.text : last, text);
    assert.equal(assembler.oldestStart(), undefined);
  }
}

/** Little, so that there is sometimes none. */
const ROOM_CHARS = 512;

/** Everything a file says becomes alerts or is refused, and nothing is left. */
function assertRead(lines: readonly Buffer[]): void {
  const [room, events] = [new Room(ROOM_CHARS), new AuditRoom(ROOM_CHARS)];
  const source = { dev: '1', ino: '2' };
  const reader = new FileLines(source, FILE_SETTINGS, () => lineContext, { parts: room, events });
  const documents = lines.flatMap((bytes, at) => reader.add({ bytes, startsAt: at }, NOW_MS));
  assert.ok(room.taken() <= ROOM_CHARS);
  for (const one of [...documents, ...reader.giveUp(NOW_MS, true)]) {
    if (one instanceof DocumentError) continue;
    normaliseFalco(parsedOf(one), context);
  }
  assert.equal(reader.oldestStart(), undefined);
  assert.equal(room.taken() + events.takenBytes(), 0, 'room is taken for nothing');
}

function parsedOf(one: unknown): unknown {
  if (one instanceof AgentDocument) return one.document;
  return one instanceof VerbatimDocument ? one.parsed() : one;
}

const lines: Target = {
  name: 'lines',
  seeds: seedsOf([
    ...WRAPS.flatMap((wrap) => small.slice(0, 4).map((text) => wrap(text, false))),
    ...WRAPS.map((wrap) => `${wrap('{"rule":"R",', true)}\n${wrap('"priority":"Error"}', false)}`),
    JSON.stringify({ MESSAGE: [...Buffer.from('a')], __REALTIME_TIMESTAMP: '1786406649123456' }),
    `Aug 11 00:04:09 node-1 falco[4711]: ${falcoText[2]}\n<13>Dec  1 00:04:09 node-1 falco: x`,
    '2026-08-11T00:04:09.123456+00:00 fd00::1 falco[1]: x\n1786406649.123000 node-1 falco[1]: y',
    `[    9.123456] node-1 falco[1]: ${falcoText[3]}`,
  ]),
  words: [
    ' stdout P ',
    ' stderr F:a ',
    '{"log":"',
    '","stream":"stdout"}',
    '"MESSAGE":',
    '"MESSAGE":[[97],98,"c",-1]',
    '"__REALTIME_TIMESTAMP":"99999999999999999"',
    '"CONTAINER_PARTIAL_MESSAGE":"true",',
    '"_HOSTNAME":"h",',
    'Feb 30 24:00:60 ',
    '0000-01-01T00:00:00Z',
    'type=EOE msg=audit(1.000:1):',
    '\n',
    '\r',
  ],
  bytesMax: 16 * 1024,
  memoryBytes: heldBytes,
  check(input) {
    const all = linesIn(input);
    for (const bytes of all) assertUnwrapped(bytes.toString());
    assertPutTogether((all[0] ?? input).toString().replace(/\r+$/, ''));
    assertRead(all);
  },
};

/** More of one event are left out. */
const EVENT_RECORDS_MAX = 64;

const records: Target = {
  name: 'auditd',
  seeds: read('auditd/audit.log')
    .toString()
    .trimEnd()
    .split('\n')
    .flatMap((_, at, all) => (at % 4 === 0 ? [Buffer.from(all.slice(at, at + 8).join('\n'))] : [])),
  words: [
    'type=SYSCALL msg=audit(1786406401.512:90211): ',
    'type=EXECVE msg=audit(1786406401.512:90211): argc=2 a0="a" a1=6220',
    '\ntype=EOE msg=audit(1786406401.512:90211): ',
    '\ntype=PROCTITLE msg=audit(1786406401.512:90211): proctitle=6100',
    'type=AVC msg=audit(99999999999.999:1): avc:  denied  { read } for ',
    'node=n ',
    'type=UNKNOWN[1329] ',
    'msg=\'op=PAM:a acct="root" res=failed\'',
    'key="a"\u0001"b"',
    '\u001dARCH=x86_64 ',
    '(null)',
    'syscall=59 ',
    '\n',
  ],
  bytesMax: 16 * 1024,
  memoryBytes: heldBytes,
  check(input) {
    const found = linesIn(input).flatMap((bytes) => parseRecord(bytes.toString()) ?? []);
    const reassembler = new Reassembler();
    const given = found.flatMap((record, at) => reassembler.add(record, 'h', at, NOW_MS));
    const events = [...given, ...reassembler.giveUp(NOW_MS, true)];
    assert.equal(reassembler.oldestStart(), undefined);
    const kept = events.flatMap((event) => event.records);
    assert.equal(new Set(kept).size, kept.length, 'a record is in two events');
    const wanted = found.filter(({ type }) => type !== 'EOE');
    // Those of one event are never more than all.
    if (wanted.length <= EVENT_RECORDS_MAX) assert.deepEqual(new Set(kept), new Set(wanted));
    for (const event of events) {
      assertOneEvent(event.records);
      const { document } = auditdDocument(event, auditd);
      assert.ok(normaliseFalco(document, context).ok, 'an event is no alert');
    }
  },
};

function assertOneEvent(own: readonly AuditRecord[]): void {
  assert.ok(own.length > 0, 'an event has no record');
  const stamps = new Set(own.map(({ node, stamp }) => `${node} ${stamp}`));
  assert.equal(stamps.size, 1, 'an event has records of another');
}

const TEXT_VALUE = /^[^"()]*$/;

const text: Target = {
  name: 'falco-text',
  seeds: seedsOf([
    ...falcoText,
    '12:00:00.5: Warning A shell (user=root <NA> cmdline=bash -c "a=b" parent=<NA>)',
    '2026-08-11T00:04:09.123456789+0200: Error Odd | proc.aname[2]=a fd.name=(b)',
    'Notice Falco internal: syscall event drop. 3 system calls dropped in last second.',
  ]),
  words: [
    ': Emergency ',
    '23:59:59.999999999: ',
    '0000-00-00T99:99:99.1-9999: ',
    'Falco internal: ',
    ' | ',
    '__proto__=',
    'a[',
    ']=',
    '=',
    '\\"',
    '\\u0000',
    '\\ud800',
    '<NA>',
    '(',
    ')',
  ],
  bytesMax: 16 * 1024,
  memoryBytes: heldBytes,
  check(input) {
    for (const bytes of linesIn(input)) {
      const line = unescapeFalcoLine(bytes.toString().trim());
      assert.ok(line.isWellFormed());
      const document = readFalcoLine(line, NOW_MS);
      if (document === undefined) continue;
      assert.equal(document['output'], line);
      assert.ok(normaliseFalco(document, context).ok, 'a line of text is no alert');
      for (const value of Object.values(document['output_fields'] as object)) {
        // Nothing is in a field that was not in the text.
        if (typeof value === 'string' && TEXT_VALUE.test(value)) assert.ok(line.includes(value));
      }
    }
  },
};

export const lineTargets: readonly Target[] = [lines, records, text];
