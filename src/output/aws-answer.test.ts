import assert from 'node:assert/strict';
import test from 'node:test';
import { verdictOf } from '../../test/contract/attempt.ts';
import { awsResult, codeIn, itemResult } from './aws-answer.ts';

const answer = (status: number, text: string, headers: Record<string, string> = {}) => ({
  status,
  text,
  headers,
  truncated: false,
});
const json = (type: string): string => JSON.stringify({ __type: type, message: 'why' });

const meanings: readonly [status: number, text: string, verdict: string][] = [
  [200, '{}', 'delivered'],
  [400, json('com.amazonaws.sqs#QueueDoesNotExist'), 'retry/client'],
  [400, json('ResourceNotFoundException'), 'retry/client'],
  [400, json('ThrottlingException'), 'retry/rateLimited'],
  [400, json('ProvisionedThroughputExceededException'), 'retry/rateLimited'],
  [400, json('UnrecognizedClientException'), 'retry/auth'],
  [400, json('InvalidSignatureException'), 'retry/auth'],
  [400, json('AccessDeniedException'), 'retry/auth'],
  [400, json('KMSAccessDeniedException'), 'retry/auth'],
  [400, json('KMSThrottlingException'), 'retry/rateLimited'],
  [400, json('InvalidMessageContents'), 'reject/payload'],
  [400, json('ValidationException'), 'reject/payload'],
  [403, '<Error><Code>SignatureDoesNotMatch</Code></Error>', 'retry/auth'],
  [404, '<Error><Code>NoSuchBucket</Code></Error>', 'retry/client'],
  [503, '<Error><Code>SlowDown</Code></Error>', 'retry/rateLimited'],
  [
    400,
    '<ErrorResponse><Error><Code>InvalidParameter</Code></Error></ErrorResponse>',
    'reject/payload',
  ],
  [500, 'oops', 'retry/server'],
];

for (const [status, text, verdict] of meanings) {
  test(`${status} ${text} means ${verdict}`, () => {
    assert.equal(verdictOf(awsResult(answer(status, text))), verdict);
  });
}

test('a code is where each protocol has it', () => {
  const header = { 'x-amzn-errortype': 'ResourceNotFoundException:http://internal.amazon.com/' };
  assert.equal(codeIn(answer(404, '{"Message":"x"}', header)), 'ResourceNotFoundException');
  assert.equal(codeIn(answer(400, json('a#B'))), 'B');
  assert.equal(codeIn(answer(400, '{"code":"C"}')), 'C');
  assert.equal(codeIn(answer(400, '')), '');
});

test('an item is refused for what it is, and waits for everything else', () => {
  const verdict = (code: unknown, isSenders: boolean) =>
    verdictOf(itemResult({ code, message: 'm', isSenders }));
  assert.equal(verdict('InvalidMessageContents', true), 'reject/payload');
  assert.equal(verdict('InternalError', false), 'retry/server');
  assert.equal(verdict('RequestThrottled', true), 'retry/rateLimited');
  assert.equal(verdict(undefined, false), 'retry/server');
});
