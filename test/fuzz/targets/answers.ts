import assert from 'node:assert/strict';
import { readItem, resultOfItem } from '../../../src/output/search/result.ts';
import { readInfo } from '../../../src/output/nats/hello.ts';
import { readOperation } from '../../../src/output/nats/wire.ts';
import { inPieces } from '../../../src/output/pieces.ts';
import { readReply } from '../../../src/output/redis/replies.ts';
import { resultOfReply } from '../../../outputs/redis/result.ts';
import { decodeAck } from '../../../outputs/tocsin/service.ts';
import { acceptAnyButPage, foreignAnswer, objectIn } from '../../../src/output/answer.ts';
import { frameOf, readMessage } from '../../../src/output/grpc/frames.ts';
import { readRetryDelayMs } from '../../../src/output/grpc/status.ts';
import { HttpError } from '../../../src/output/http-error.ts';
import { resultOfStatus } from '../../../src/output/http-result.ts';
import { heldBytes } from '../memory.ts';
import { seedsOf, type Target } from '../target.ts';

/** What destinations answer: understood or not, it is a result or an error of ours. */

const ack = Buffer.from([8, 5, 18, 6, 8, 1, 16, 1, 26, 0, 24, 128, 8]);

export const answers: Target = {
  name: 'answers',
  seeds: [
    ...seedsOf([
      'INFO {"max_payload":1048576,"headers":true,"nonce":"abc"}\r\nPING\r\n+OK\r\n',
      'MSG _INBOX.1 1 12\r\n{"seq":12345}\r\nPONG\r\n',
      'HMSG _INBOX.1 1 28 28\r\nNATS/1.0 503 No Responders\r\n\r\n\r\n',
      "-ERR 'Authorization Violation'\r\n",
      '+OK\r\n:12\r\n$5\r\nhello\r\n$-1\r\n-WRONGTYPE Operation against a key\r\n',
      '{"status":400,"error":{"type":"mapper_parsing_exception","reason":"x","caused_by":{"reason":"y"}}}',
      '{"status":201,"failure_store":"used"}',
      '120',
      'Wed, 21 Oct 2026 07:28:00 GMT',
      '<!doctype html><html><body>Login</body></html>',
      '{"ok":false,"error":"invalid_auth","nested":[{"a":null}]}',
    ]),
    frameOf(ack),
    Buffer.concat([frameOf(ack), frameOf(ack), frameOf(Buffer.alloc(0))]),
  ],
  words: [
    '\r\n',
    'MSG a 1 5\r\n',
    'HMSG a 1 5 3\r\n',
    'HMSG a 1 1e1 20\r\n',
    '$0x3\r\n',
    '$-2\r\n',
    'INFO ',
    '-ERR ',
    ' GMT',
    'null',
    '\0',
    '$65537\r\n',
    'MSG a 1 -5\r\n',
    '$1.5\r\n',
  ],
  memoryBytes: heldBytes,
  check(input) {
    for (const read of READERS) assertSameInPieces(read, input);
    const text = input.toString();
    const headers = { 'retry-after': text, location: text, 'content-type': text };
    for (const status of [200, 301, 404, 413, 429, 503]) {
      const answer = { status, headers, text, truncated: false };
      const result = resultOfStatus(answer);
      assert.ok(!('afterMs' in result) || (result.afterMs ?? 0) >= 0, 'a wait into the past');
      foreignAnswer(answer, 'nothing');
      acceptAnyButPage(answer);
      objectIn(answer);
    }
    const item = readItem(objectIn({ text }));
    if (item !== undefined) resultOfItem(item);
    readInfo(text);
    readRetryDelayMs(input);
  },
};

type Read = (feed: (push: (chunk: Buffer) => unknown) => void) => unknown;

/** Each gives what it has read, when `feed` has fed it. */
const READERS: readonly Read[] = [
  (feed) => {
    const reader = inPieces((data) => readOperation(data, 'there'));
    const read: unknown[] = [];
    feed((chunk) => read.push(...reader.read(chunk)));
    return read;
  },
  (feed) => {
    const reader = inPieces((data) => readReply(data, 'there'));
    const read: unknown[] = [];
    feed((chunk) =>
      read.push(...reader.read(chunk).map((reply) => [reply, resultOfReply(reply, 'there')])),
    );
    return read;
  },
  (feed) => {
    const reader = inPieces(readMessage);
    const read: unknown[] = [];
    feed((chunk) => read.push(...reader.read(chunk).map(ackOf)));
    return read;
  },
];

/** The connection ends when this throws, whatever it is. */
function ackOf(message: Buffer): unknown {
  try {
    return decodeAck(message);
  } catch {
    return 'no ack';
  }
}

/** How an answer is cut into packets has no meaning. */
function assertSameInPieces(read: Read, input: Buffer): void {
  const whole = outcomeOf(read, [input]);
  const at = input.length >> 1;
  assert.deepEqual(outcomeOf(read, [input.subarray(0, at), input.subarray(at)]), whole);
}

/** Once it failed, what came before counts no more. */
function outcomeOf(read: Read, chunks: readonly Buffer[]): unknown {
  try {
    return read((push) => chunks.forEach((chunk) => push(chunk)));
  } catch (error) {
    const isOurs =
      error instanceof HttpError || /^a (compressed )?message/.test((error as Error).message);
    if (!isOurs) throw error;
    return 'foreign';
  }
}
