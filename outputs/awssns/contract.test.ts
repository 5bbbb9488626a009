import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import type { Received } from '../../test/contract/server.ts';
import { AWS_KEYS, assertSigned } from '../../test/support/aws-request.ts';
import sns from './index.ts';

const topicArn = 'arn:aws:sns:eu-central-1:123456789012:falco';
const settings = (endpoint: string) => ({ topicArn, endpoint, ...AWS_KEYS });
const ENTRY = /^PublishBatchRequestEntries\.member\.(\d+)\.(.+)$/;

/** Members of each message of a batch. */
function entriesIn(request: Received): Map<string, string>[] {
  assertSigned(request, 'sns');
  assert.equal(`${request.method} ${request.path}`, 'POST /');
  const form = new URLSearchParams(request.body);
  assert.equal(form.get('Action'), 'PublishBatch');
  assert.equal(form.get('TopicArn'), topicArn);
  const entries = new Map<string, Map<string, string>>();
  let bytes = 0;
  for (const [name, value] of form) {
    const [, n = '', member = ''] = ENTRY.exec(name) ?? [];
    if (n === '') continue;
    entries.set(n, (entries.get(n) ?? new Map<string, string>()).set(member, value));
    if (!member.endsWith('.Id')) bytes += Buffer.byteLength(value);
  }
  assert.ok(entries.size <= 10 && bytes <= 256 * 1024);
  return [...entries.values()];
}

for (const message of ['json', 'text']) {
  httpContract(sns, {
    variant: message,
    settings: (endpoint) => ({ ...settings(endpoint), message }),
    accepted(request) {
      const ids = entriesIn(request).map((entry) => `<member><Id>${entry.get('Id')}</Id></member>`);
      return { status: 200, body: `<R><Failed/><Successful>${ids.join('')}</Successful></R>` };
    },
    check(requests, deliveries) {
      const entries = requests.flatMap(entriesIn);
      assert.equal(entries.length, deliveries.length);
      for (const [n, entry] of entries.entries()) {
        const text = entry.get('Message') ?? '';
        assert.notEqual(text, '');
        if (message === 'json') assert.ok(text.includes(deliveries[n]!.alert.uuid));
        else assert.doesNotMatch(text, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
        for (const [member, value] of entry) {
          if (member.endsWith('.Name')) assert.match(value, /^(?!\.|.*\.\.|.*\.$)[\w.-]{1,256}$/);
          if (member.endsWith('.StringValue')) assert.notEqual(value, '');
        }
      }
    },
    sendsNumbers: false,
    lookalikes: [{ status: 200 }, { status: 200, body: '<Successful/>' }, { status: 204 }],
    oddAlerts: 100,
  });
}

const error = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`;

answersMean(sns, settings, [
  [400, error('InvalidParameter'), 'reject/payload'],
  [400, error('Throttling'), 'retry/rateLimited'],
  [403, error('AuthorizationError'), 'retry/auth'],
  [403, error('InvalidClientTokenId'), 'retry/auth'],
  [404, error('NotFound'), 'retry/client'],
  [400, error('KMSAccessDenied'), 'retry/auth'],
]);
