import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as startRequest } from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { DocumentError, readBody } from '../../../src/ingest/body.ts';
import { corpusLines } from '../../support/corpus.ts';
import type { Random } from '../../support/random.ts';
import { assertKept } from '../by-the-book.ts';
import { readManner, withManner } from '../envelope.ts';
import { mutate } from '../mutate.ts';
import { assertStored, expectedOf } from '../stored.ts';
import { seedsOf, type Target } from '../target.ts';
import { alertWords, badBodies } from './documents.ts';
import type { FuzzedHub } from './hub.ts';

/** The HTTP door: broken requests on every route, and whole ones with broken bodies. */

const line = corpusLines.find(({ length }) => length < 1000)!;
const small = corpusLines.filter(({ length }) => length < 3000);

export function httpTargets(hub: FuzzedHub): readonly Target[] {
  return [requests(hub), alerts(hub)];
}

const PATHS = ['/', '/api/v1/alerts', '/in/token', '/test', '/ping', '/healthz', '/readyz'].concat([
  '/metrics',
  '/in/%E0%A4%A',
  '/%2e%2e/x?a=b#c',
  'http://x/',
  '*',
  '/in/',
  '//',
]);

const HEADS = [
  `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(line)}`,
  'Transfer-Encoding: chunked\r\nExpect: 100-continue',
  'Content-Encoding: gzip\r\nContent-Length: 5',
  'Authorization: Basic dTpw\r\nTocsin-Hops: 7\r\nContent-Length: 0',
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x',
  'Accept: application/openmetrics-text;q=0.9, */*\r\nConnection: close',
];

const chunked = `${Buffer.byteLength(line).toString(16)};a=b\r\n${line}\r\n0\r\nTrailer: x\r\n\r\n`;

/** Bytes on a connection, whatever they are. */
function requests({ hub, assertSound, memoryBytes }: FuzzedHub): Target {
  const methods = ['POST', 'GET', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'CONNECT', 'TRACE', 'QUERY'];
  const seeds = PATHS.flatMap((path) =>
    HEADS.map((head, at) => {
      const method = at < 3 ? 'POST' : methods[(at + path.length) % methods.length];
      const body = at === 0 ? line : at === 1 ? chunked : '';
      return `${method} ${path} HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n${body}`;
    }),
  );
  return {
    name: 'http-requests',
    seeds: seedsOf([...seeds, ...seeds.slice(0, 6).map((one) => one + one)]),
    words: [
      '\r\n',
      '\r\n\r\n',
      '\n',
      ' HTTP/1.1',
      ' HTTP/1.0',
      ' HTTP/2.0',
      'PRI * HTTP/2.0\r\n',
      'Content-Length: 1\r\n',
      'Content-Length: -1\r\n',
      'Content-Length: 99999999999\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Transfer-Encoding: gzip, chunked\r\n',
      '0\r\n\r\n',
      'Expect: 100-continue\r\n',
      'Expect: x\r\n',
      'Content-Encoding: br\r\n',
      'ffffffffffff',
      'Tocsin-Hops: 999\r\n',
      'Tocsin-Hops: 1\r\nTocsin-Hops: 2\r\n',
      'Host: a\r\n',
      ...PATHS,
      `X: ${'y'.repeat(20_000)}\r\n`,
      `/${'z'.repeat(3000)}`,
      '%00',
      '%',
      ' ',
      '?',
      '\0',
    ],
    memoryBytes,
    async check(input) {
      const text = await exchange(new URL(hub.origin()), input);
      for (const [, status] of text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) {
        assert.ok(Number(status) < 500 || status === '503' || status === '501', `HTTP ${status}`);
      }
      await assertSound();
    },
  };
}

/** Beyond the second that a target has. */
const PATIENCE_MS = 5000;

/** What comes back until the connection ends, which it must, for nothing more is sent. */
async function exchange({ hostname, port }: URL, input: Buffer): Promise<string> {
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A hub may end a connection while it is written to.
  socket.on('error', () => undefined);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.end(input);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
}

interface Manner {
  readonly path: string;
  readonly type?: string;
  readonly encoding?: string;
  /** Sent in chunks of so many bytes; 0: with its length. */
  readonly chunk: number;
}

const ENCODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  // Two members, of which the second is none.
  'x-gzip': (bytes) => Buffer.concat([gzipSync(bytes), Buffer.from('trailing')]),
};

function makeManner(random: Random): Manner {
  const encoding = random.pick([
    undefined,
    undefined,
    ...Object.keys(ENCODERS),
    'identity',
    'zstd',
  ]);
  const type = random.pick([undefined, 'application/json', 'application/x-ndjson', 'text/plain']);
  return {
    path: random.pick(['/', '/', '/api/v1/alerts', '/in/token', '/x']),
    ...(type !== undefined && { type }),
    ...(encoding !== undefined && { encoding }),
    chunk: random.pick([0, 0, 1 + random.below(200)]),
  };
}

const LIMITS = { depthMax: 32, alertsMax: 10_000, bytesMaxSingle: 64 * 1024 };

/** Bodies of every kind; what is taken of them is read back. */
function alerts({ hub, newAlerts, assertSound, memoryBytes }: FuzzedHub): Target {
  const material = {
    seeds: [
      ...seedsOf(small),
      ...badBodies,
      ...seedsOf([small.slice(0, 5).join('\n'), `[${small.slice(5, 9).join()}]`]),
    ],
    words: alertWords,
  };
  return {
    name: 'http-alerts',
    ...material,
    make: (random) => withManner(makeManner(random), mutate(material, random)),
    memoryBytes,
    async check(input) {
      const sent = readManner(input);
      if (sent === undefined) return;
      const { body } = sent;
      const manner = sent.manner as Manner;
      if (!/^\/[!-~]*$/.test(manner.path)) return;
      await newAlerts();
      const status = await post(hub.origin(), manner, body);
      await assertSound();
      assert.ok(status < 500 || status === 503, `HTTP ${status}`);
      assertTaken(await newAlerts(), status, manner, body);
    },
  };
}

function assertTaken(
  stored: readonly string[],
  status: number,
  manner: Manner,
  body: Buffer,
): void {
  if (status !== 200) return assert.deepEqual(stored, []);
  const read = readBody(body, manner.type, LIMITS);
  if ('code' in read) assert.fail(`it was taken, and is ${read.code}`);
  const documents = read.documents.filter((one) => !(one instanceof DocumentError));
  assertStored(stored, expectedOf(documents));
  const [only] = stored;
  if (read.shape === 'single' && only) assertKept(body.toString().replace(/^\ufeff/, ''), only);
}

async function post(origin: string, manner: Manner, body: Buffer): Promise<number> {
  const { path, type, encoding, chunk } = manner;
  const bytes = ENCODERS[encoding ?? '']?.(body) ?? body;
  const request = startRequest(origin + path, {
    method: 'POST',
    timeout: PATIENCE_MS,
    headers: {
      ...(type !== undefined && { 'content-type': type }),
      ...(encoding !== undefined && { 'content-encoding': encoding }),
      ...(chunk > 0 ? { 'transfer-encoding': 'chunked' } : { 'content-length': bytes.length }),
    },
  });
  request.on('timeout', () => request.destroy(new Error('no answer')));
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  const size = chunk > 0 ? chunk : Math.max(1, bytes.length);
  for (let at = 0; at < bytes.length; at += size) request.write(bytes.subarray(at, at + size));
  request.end();
  const [response] = await answered;
  await response.resume().toArray();
  return response.statusCode ?? 0;
}
