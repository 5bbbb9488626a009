import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import { waitsAsTold } from '../../test/contract/rate-limit.ts';
import matrix from './index.ts';
import type { MatrixMessage } from './payload.ts';

const settings = (origin: string) => ({
  url: `${origin}/`,
  roomId: '!planted:example.org',
  token: 'syt_planted-token',
});

chatContract<Partial<MatrixMessage>>(matrix, {
  settings,
  request:
    /^PUT \/_matrix\/client\/v3\/rooms\/!planted%3Aexample\.org\/send\/m\.room\.message\/[0-9a-f]{64}$/,
  headers: { authorization: 'Bearer syt_planted-token' },
  answer: { status: 200, body: '{"event_id":"$x"}' },
  lookalikes: [{ status: 200 }, { status: 200, body: '{}' }, { status: 204 }],
  bytesMax: 60_000,
  harmful: /[@`]|:\/\/|<(?=[a-z/!?#])(?!\/?strong>|\/?em>|br>)/i,
  // The texts once: both say the same.
  read({ body }) {
    const { body: plain, formatted_body: html, ...rest } = JSON.parse(body) as MatrixMessage;
    assert.deepEqual(rest, {
      msgtype: 'm.text',
      format: 'org.matrix.custom.html',
      'm.mentions': {},
    });
    assert.equal(shownIn(plain), shownIn(html));
    assert.doesNotMatch(plain, /[@`]|:\/\/|<[a-z/!?#]/i);
    return { formatted_body: html };
  },
  check: ({ formatted_body: html = '' }) => shownIn(html),
});

function shownIn(text: string): number {
  return Number(/^(?:<strong>)?(\d+) alerts?(?:[,<\n])/.exec(text)?.[1] ?? 1);
}

answersMean(matrix, settings, [
  [400, { errcode: 'M_BAD_JSON', error: 'x' }, 'reject/payload'],
  [400, { errcode: 'M_USER_DEACTIVATED', error: 'x' }, 'retry/client'],
  [401, { errcode: 'M_UNKNOWN_TOKEN', error: 'x' }, 'retry/auth'],
  [403, { errcode: 'M_FORBIDDEN', error: 'not in room' }, 'retry/auth'],
  [404, { errcode: 'M_NOT_FOUND', error: 'x' }, 'retry/client'],
  [413, { errcode: 'M_TOO_LARGE', error: 'x' }, 'reject/payload'],
]);

waitsAsTold(matrix, settings, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 2500 }, 2500);
