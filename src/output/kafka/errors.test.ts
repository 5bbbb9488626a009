import assert from 'node:assert/strict';
import test from 'node:test';
import kafkajs from 'kafkajs';
import { assertResult, verdictOf } from '../../../test/contract/attempt.ts';
import { retryError } from '../http-error.ts';
import { failureOf } from './errors.ts';

const errors = kafkajs as unknown as Record<string, new (...args: unknown[]) => Error>;

function kafkaError(name: string, ...args: unknown[]): Error {
  const Constructor = errors[name];
  assert.ok(Constructor, name);
  return new Constructor(...args);
}

function resultOf(error: unknown, onSocket?: Error) {
  const result = failureOf(error, {
    topic: 'alerts',
    errorOf: () => onSocket,
    refusalOf: ({ type, message }) => ({
      outcome: 'reject',
      reason: 'payload',
      detail: `${type}: ${message}`,
    }),
  });
  assertResult(result, 1);
  return result;
}

test('a refusal is found however often it is wrapped, and means what the output says', () => {
  const refusal = kafkaError('KafkaJSProtocolError', {
    type: 'MESSAGE_TOO_LARGE',
    code: 10,
    message: 'too large',
  });
  const wrapped = kafkaError('KafkaJSNumberOfRetriesExceeded', refusal, {});
  const twice = kafkaError('KafkaJSNonRetriableError', wrapped, { cause: wrapped });
  for (const error of [refusal, wrapped, twice]) {
    const { outcome, detail } = resultOf(error);
    assert.deepEqual([outcome, detail], ['reject', 'MESSAGE_TOO_LARGE: too large']);
  }
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
