import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Admission, ItemResult } from '../../src/ingest/admission.ts';
import { compileEnrichment } from '../../src/ingest/normalise/enrich.ts';
import { normaliseFalco } from '../../src/ingest/normalise/falco.ts';
import { openDoor, rawSender, request } from '../support/http-ingest.ts';

/**
 * Every hostile or malformed body of `test/data/bad`, byte for byte over a socket: it has its
 * answer, and the door serves the next sender.
 */

interface BadBody {
  readonly file: string;
  readonly about: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly status: number;
  readonly code?: string;
  readonly alerts?: number;
  readonly generated?: boolean;
}

const DATA = new URL('../data/bad/', import.meta.url);
const MIB = 1024 * 1024;
const { cases } = JSON.parse(readFileSync(new URL('index.json', DATA), 'utf8')) as {
  readonly cases: readonly BadBody[];
};
const enrichment = compileEnrichment({
  customFields: {},
  templatedFields: {},
  customTags: [],
  bracketReplacer: '',
  outputFieldFormat: '',
});

/** Takes what the hub takes, and keeps nothing. */
const admission: Admission = {
  admit: (documents) =>
    Promise.resolve({ outcome: 'stored', items: documents.map((document) => judge(document)) }),
};

function judge(document: unknown): ItemResult {
  const provenance = { input: 'http', agent: 'falco' };
  const result = normaliseFalco(document, { nowMs: Date.now(), provenance, enrichment });
  return result.ok
    ? { outcome: 'accepted', uuid: result.alert.uuid }
    : { outcome: 'rejected', code: result.code, message: result.message };
}

test('the table is there', () => {
  assert.ok(cases.length >= 30);
});

for (const { file, about, headers, bytes, status, code, alerts = 0, generated } of cases) {
  test(`${about} (${file})`, async (t) => {
    const door = await openDoor(
      t,
      { bodyBytesMax: MIB, batchBytesMax: 8 * MIB, batchAlertsMax: 10_000 },
      { admission },
    );
    const body = generated ? oversized(bytes) : readFileSync(new URL(file, DATA));
    const sender = await rawSender(t, door.port);
    sender.socket.write(headOf({ 'Content-Length': String(body.length), ...headers }));
    // A sender that closes its side shows a body shorter than announced at once.
    sender.socket.end(body);
    const answer = await sender.closed();

    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    const text = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    if (status === 200) {
      assert.equal(door.requests[0]?.accepted, true);
      if (text !== '') assert.equal((JSON.parse(text) as { accepted: number }).accepted, alerts);
    } else {
      const error = JSON.parse(text) as { code: string; message: string };
      if (code) assert.equal(error.code, code);
      assert.match(error.message, /\w.*\.$/s);
      assert.deepEqual(door.requests, [{ accepted: false }]);
    }
    assert.equal((await request(door.port, '/ping')).body, 'pong\n');
  });
}

function headOf(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ Host: 'hub', Connection: 'close', ...headers });
  return `POST / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** The bodies that would only fill the repository. */
function oversized(bytes: number): Buffer {
  const start = '{"rule":"R","priority":"Warning","time":"2026-08-11T02:03:57Z","output":"';
  return Buffer.from(`${start.padEnd(bytes - 2, 'A')}"}`);
}
