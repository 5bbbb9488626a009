import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';
import type { Refusal } from '../../src/output/kafka/errors.ts';
import { assertResult, verdictOf } from '../../test/contract/attempt.ts';
import { resultOfRefusal } from './result.ts';

const require = createRequire(import.meta.url);
const { errorCodes } = require('kafkajs/src/protocol/error') as { errorCodes: Refusal[] };

function resultOf(refusal: Refusal) {
  const result = resultOfRefusal('alerts', refusal);
  assertResult(result, 1);
  return result;
}

test("brokers' refusals wait, but for those of the record itself", () => {
  const rejected = errorCodes
    .filter((refusal) => resultOf(refusal).outcome === 'reject')
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
  test(`${type} is ${verdict}, and says so in words`, () => {
    const refusal = errorCodes.find((one) => one.type === type);
    assert.ok(refusal);
    assert.equal(verdictOf(resultOf(refusal)), verdict);
    assert.match(resultOf(refusal).detail, new RegExp(`^topic alerts: .+ \\(${type}\\)$`));
  });
}

test('an error code that nobody knows waits', () => {
  const refusal = { type: 'KAFKAJS_UNKNOWN_ERROR_CODE', message: 'Unknown error code 99' };
  assert.equal(verdictOf(resultOf(refusal)), 'retry/server');
});
