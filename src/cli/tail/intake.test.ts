import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { corpusLines } from '../../../test/support/corpus.ts';
import type { Rejection } from '../post.ts';
import { Intake } from './intake.ts';

const NOW_MS = Date.parse('2026-08-11T12:00:00Z');
const UUID = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-/;

const stdout = readFileSync(new URL('../../../test/data/corpus/falco-stdout.log', import.meta.url));

interface Read {
  readonly documents: { readonly json: string; readonly place: string }[];
  readonly rejections: Rejection[];
  readonly ignored: number;
}

function read(chunks: readonly (Buffer | string)[]): Read {
  const rejections: Rejection[] = [];
  let ignored = 0;
  const intake = new Intake({
    hostname: 'this-host',
    nowMs: () => NOW_MS,
    onRejection: (rejection) => void rejections.push(rejection),
    onIgnored: () => void (ignored += 1),
  });
  const documents = [...chunks.flatMap((chunk) => intake.add(Buffer.from(chunk))), ...intake.end()];
  return {
    documents: documents.map(({ json, place }) => ({ json: json.toString(), place })),
    rejections,
    ignored,
  };
}

type Alert = Readonly<Record<string, unknown>>;

function alertsIn(...chunks: readonly (Buffer | string)[]): Alert[] {
  return read(chunks).documents.map(({ json }) => JSON.parse(json) as Alert);
}

suite('the lines Falco writes', () => {
  test('as JSON go on byte for byte, with a uuid where they have none', () => {
    const { documents } = read([corpusLines.join('\n')]);
    assert.equal(documents.length, corpusLines.length);
    for (const [at, { json, place }] of documents.entries()) {
      const { uuid, ...rest } = JSON.parse(json) as Alert;
      const sent = JSON.parse(corpusLines[at]!) as Alert;
      assert.deepEqual({ ...rest, uuid: sent['uuid'] ?? uuid }, { uuid, ...sent });
      assert.ok(json.endsWith(corpusLines[at]!.slice(1)));
      assert.equal(place, `line ${at + 1}`);
    }
  });

  test('as text become alerts, and the others are counted', () => {
    const { documents, ignored, rejections } = read([stdout]);
    const lines = stdout.toString().trimEnd().split('\n');
    assert.equal(documents.length + ignored, lines.filter((line) => line.trim() !== '').length);
    assert.ok(ignored > 0 && ignored <= 9);
    assert.deepEqual(rejections, []);
    for (const { json } of documents) {
      const { uuid, hostname, rule, time } = JSON.parse(json) as Alert;
      assert.match(String(uuid), UUID);
      assert.equal(hostname, 'this-host');
      assert.ok(String(rule).length > 0);
      assert.match(String(time), /^2026-08-1/);
    }
  });

  test('come in pieces of any size', () => {
    const bytes = Buffer.concat([stdout, Buffer.from(corpusLines.join('\n'))]);
    const whole = read([bytes]).documents.map(({ place }) => place);
    for (const size of [1, 7, 4096]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      const read_ = read(pieces).documents;
      assert.deepEqual(
        read_.map(({ place }) => place),
        whole,
      );
    }
  });
});

suite('a text line', () => {
  test('has the host and the day of the log around it', () => {
    const [alert] = alertsIn('Aug  9 23:59:59 node-7 falco[1]: 23:59:59.5: Notice A shell\n');
    assert.deepEqual([alert?.['hostname'], alert?.['time']], ['node-7', '2026-08-09T23:59:59.5Z']);
  });

  test('without a time of its own has that of the log, or of now', () => {
    const [first, second] = alertsIn(
      '2026-08-09T10:00:00.123Z stdout F Notice A shell\nNotice A shell\n',
    );
    assert.equal(first?.['time'], '2026-08-09T10:00:00.123Z');
    assert.equal(second?.['time'], '2026-08-11T12:00:00.000Z');
  });

  test('cut into parts is put together', () => {
    const [alert] = alertsIn(
      '2026-08-09T10:00:00.1Z stdout P Notice A sh\n2026-08-09T10:00:00.1Z stdout F ell (user=x)\n',
    );
    assert.deepEqual(alert?.['output_fields'], { 'user.name': 'x' });
  });
});

suite('bounds', () => {
  test('a line that is too long is refused by its number, and the others stand', () => {
    const long = 'x'.repeat(700_000);
    const { documents, rejections } = read(['Notice a\n', long, long, '\nNotice b\n', long, long]);
    assert.deepEqual(
      documents.map(({ place }) => place),
      ['line 1', 'line 3'],
    );
    assert.deepEqual(
      rejections.map(({ place, code }) => [place, code]),
      [
        ['line 2', 'line_too_long'],
        ['line 4', 'line_too_long'],
      ],
    );
  });

  test('parts that come to too much are refused, too', () => {
    const part = `2026-08-09T10:00:00.1Z stdout P ${'x'.repeat(600_000)}\n`;
    const { documents, rejections } = read([part, part, part.replace(' P ', ' F ')]);
    assert.equal(documents.length, 0);
    assert.equal(rejections.length, 1);
  });
});
