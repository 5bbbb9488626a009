import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { AWS_KEYS, assertSigned } from '../../test/support/aws-request.ts';
import lambda from './index.ts';

const settings = (endpoint: string) => ({ function: 'planted-name:live', endpoint, ...AWS_KEYS });
const ids = { 'x-amzn-requestid': 'r-1' };

for (const invocationType of ['RequestResponse', 'Event']) {
  httpContract(lambda, {
    variant: invocationType,
    settings: (endpoint) => ({ ...settings(endpoint), invocationType }),
    accepted: () => ({ status: invocationType === 'Event' ? 202 : 200, headers: ids }),
    check(requests, deliveries) {
      assert.equal(requests.length, deliveries.length);
      for (const [n, request] of requests.entries()) {
        assertSigned(request, 'lambda');
        const { method, path, headers, body, bytes } = request;
        const way = '/2015-03-31/functions/planted-name%3Alive/invocations';
        assert.equal(`${method} ${path}`, `POST ${way}`);
        assert.equal(headers['x-amz-invocation-type'], invocationType);
        assert.ok(bytes.length <= (invocationType === 'Event' ? 256 * 1024 : 6_291_456));
        assert.ok(body.includes(deliveries[n]!.alert.uuid));
      }
    },
    sendsNumbers: invocationType !== 'Event',
    lookalikes: [
      { status: 200, body: 'ok' },
      { status: 200, headers: { ...ids, 'x-amz-function-error': 'Unhandled' }, body: '{}' },
      { status: 204 },
    ],
    oddAlerts: 100,
  });
}

const error = (Type: string) => ({ Type, __type: Type, Message: 'planted' });

answersMean(lambda, settings, [
  [400, error('InvalidRequestContentException'), 'reject/payload'],
  [403, error('AccessDeniedException'), 'retry/auth'],
  [403, error('InvalidSignatureException'), 'retry/auth'],
  [404, error('ResourceNotFoundException'), 'retry/client'],
  [409, error('ResourceConflictException'), 'retry/client'],
  [413, error('RequestTooLargeException'), 'reject/payload'],
  [429, error('TooManyRequestsException'), 'retry/rateLimited'],
  [502, error('EC2UnexpectedException'), 'retry/server'],
]);
