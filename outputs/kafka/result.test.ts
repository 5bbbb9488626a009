import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';
import kafkajs from 'kafkajs';
import { retryError } from '../../src/output/http-error.ts';
import { assertResult, verdictOf } from '../../test/contract/attempt.ts';
import { resultOfKafkaError } from './result.ts';

interface ErrorCode {
  readonly type: string;
  readonly code: number;
  readonly retriable: boolean;
  readonly message: string;
}

const require = createRequire(import.meta.url);
const { errorCodes } = require('kafkajs/src/protocol/error') as { errorCodes: ErrorCode[] };
const errors = kafkajs as unknown as Record<string, new (...args: unknown[]) => Error>;

function kafkaError(name: string, ...args: unknown[]): Error {
  const Constructor = errors[name];
  assert.ok(Constructor, name);
  return new Constructor(...args);
}

function refusal(type: string): Error {
  const code = errorCodes.find((one) => one.type === type);
  return kafkaError('KafkaJSProtocolError', code);
}

function resultOf(error: unknown, onSocket?: Error) {
  const result = resultOfKafkaError(error, { topic: 'alerts', errorOf: () => onSocket });
  assertResult(result, 1);
  return result;
}

test("brokers' refusals wait, but for those of the record itself", () => {
  const rejected = errorCodes
    .filter((code) => resultOf(kafkaError('KafkaJSProtocolError', code)).outcome === 'reject')
    .map(({ type }) => type);
  assert.deepEqual(rejected, ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);
});

for (const [type, verdict] of [
  ['MESSAGE_TOO_LARGE', 'reject/payload'],
  ['UNKNOWN_TOPIC_OR_PARTITION', 'retry/client'],
  ['TOPIC_AUTHORIZATION_FAILED', 'retry/auth'],
  ['NOT_LEADER_FOR_PARTITION', 'retry/server'],
  ['NOT_ENOUGH_REPLICAS', 'retry/server'],
  ['REQUEST_TIMED_OUT', 'retry/timeout'],
  ['SASL_AUTHENTICATION_FAILED', 'retry/auth'],
] as const) {
  test(`${type} is ${verdict}, however often it is wrapped`, () => {
    const wrapped = kafkaError('KafkaJSNumberOfRetriesExceeded', refusal(type), {});
    const twice = kafkaError('KafkaJSNonRetriableError', wrapped, { cause: wrapped });
    for (const error of [refusal(type), wrapped, twice]) {
      assert.equal(verdictOf(resultOf(error)), verdict);
    }
    assert.match(resultOf(refusal(type)).detail, new RegExp(`^topic alerts: .+ \\(${type}\\)$`));
  });
}

test('an error code that kafkajs does not know waits', () => {
  const unknown = {
    type: 'KAFKAJS_UNKNOWN_ERROR_CODE',
    code: -99,
    message: 'Unknown error code 99',
  };
  assert.equal(verdictOf(resultOf(kafkaError('KafkaJSProtocolError', unknown))), 'retry/server');
});

test('a lost connection is what the socket says of it', () => {
  const lost = kafkaError('KafkaJSConnectionError', 'Connection error: x', { broker: 'k:9092' });
  const refused = retryError('destination_refused', 'client', 'k is refused: link-local');
  assert.deepEqual(resultOf(lost, refused), refused.failure);
  const reset = Object.assign(new Error('read'), { code: 'ECONNRESET' });
  assert.equal(resultOf(lost, reset).detail, 'k:9092: the connection was cut (ECONNRESET)');
  assert.equal(verdictOf(resultOf(lost)), 'retry/network');
});

test('a connection that a broker closed is the network', () => {
  const closed = kafkaError('KafkaJSConnectionClosedError', 'Closed connection', {
    host: '%3A%3A1',
    port: 9092,
  });
  const { reason, detail } = resultOf(closed);
  assert.deepEqual([reason, detail], ['network', '::1:9092: it closed the connection']);
});

test('credentials that were refused are told from a broker that went away meanwhile', () => {
  const sasl = (why: string) =>
    kafkaError('KafkaJSSASLAuthenticationError', `SASL PLAIN authentication failed: ${why}`);
  assert.equal(verdictOf(resultOf(sasl('Invalid username or password'))), 'retry/auth');
  assert.equal(verdictOf(resultOf(sasl('Closed connection'))), 'retry/network');
  assert.equal(verdictOf(resultOf(sasl('Request SaslAuthenticate timed out'))), 'retry/network');
});

test('what nobody has thought of costs no alert', () => {
  for (const error of [new TypeError('x is undefined'), 'a text', undefined, { cause: {} }]) {
    assert.equal(verdictOf(resultOf(error)), 'retry/bug');
  }
});

test('causes in a circle end', () => {
  const circle = new Error('round');
  circle.cause = circle;
  assert.equal(verdictOf(resultOf(circle)), 'retry/bug');
});

test("a broker's words are shown in one safe line", () => {
  const hostile = kafkaError(
    'KafkaJSSASLAuthenticationError',
    `no\u001b[2J\r\n${'x'.repeat(9000)}`,
  );
  assert.ok(resultOf(hostile).detail.length <= 200);
});
