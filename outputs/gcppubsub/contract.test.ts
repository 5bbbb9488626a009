import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import type { Received } from '../../test/contract/server.ts';
import { startGoogleAccount } from '../../test/support/google-account.ts';
import pubsub from './index.ts';

const google = await startGoogleAccount();
const settings = (endpoint: string) => ({
  project: 'planted-project',
  topic: 'falco-alerts',
  credentials: google.key,
  endpoint,
});

interface Message {
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
}

function messagesIn(request: Received): Message[] {
  assert.equal(request.method, 'POST');
  assert.equal(request.path, '/v1/projects/planted-project/topics/falco-alerts:publish');
  assert.equal(request.headers['authorization'], `Bearer ${google.accessToken}`);
  assert.ok(request.bytes.length <= 10_000_000);
  const { messages } = JSON.parse(request.body) as { messages: Message[] };
  assert.ok(messages.length <= 1000);
  return messages;
}

httpContract(pubsub, {
  settings,
  accepted: (request) => {
    const messageIds = messagesIn(request).map((_, n) => String(n));
    return { status: 200, body: JSON.stringify({ messageIds }) };
  },
  check(requests, deliveries) {
    const messages = requests.flatMap(messagesIn);
    assert.equal(messages.length, deliveries.length);
    for (const [n, { data, attributes }] of messages.entries()) {
      const { key, json } = deliveries[n]!;
      assert.equal(Buffer.from(data, 'base64').toString(), json);
      assert.equal(attributes['delivery_key'], key);
      for (const [name, value] of Object.entries(attributes)) {
        assert.ok(Buffer.byteLength(name) <= 256 && Buffer.byteLength(value) <= 1024);
        assert.doesNotMatch(value, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      }
    }
  },
  sendsNumbers: false,
  lookalikes: [{ status: 200 }, { status: 200, body: '{"messageIds":[]}' }, { status: 204 }],
  oddAlerts: 100,
});

const error = (status: string) => ({ error: { status, message: 'planted' } });

answersMean(pubsub, settings, [
  [400, error('INVALID_ARGUMENT'), 'reject/payload'],
  [401, error('UNAUTHENTICATED'), 'retry/auth'],
  [403, error('PERMISSION_DENIED'), 'retry/auth'],
  [404, error('NOT_FOUND'), 'retry/client'],
  [429, error('RESOURCE_EXHAUSTED'), 'retry/rateLimited'],
  [503, error('UNAVAILABLE'), 'retry/server'],
]);
