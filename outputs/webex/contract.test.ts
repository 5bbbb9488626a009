import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import webex from './index.ts';
import type { WebexMessage } from './payload.ts';

const settings = (origin: string) => ({
  webhookUrl: `${origin}/v1/webhooks/incoming/planted-id`,
});

for (const own of [
  { layout: 'standard', messageFormat: '{{ .Output }}' },
  { layout: 'falcosidekick' },
]) {
  chatContract<WebexMessage>(webex, {
    variant: own.layout,
    settings: (origin) => ({ ...settings(origin), ...own }),
    request: 'POST /v1/webhooks/incoming/planted-id',
    answer: { status: 204 },
    lookalikes: [{ status: 202 }],
    bytesMax: 30_000,
    check({ markdown }) {
      const bytes = Buffer.byteLength(markdown);
      assert.ok(bytes > 0 && bytes <= 7439, `${bytes} bytes`);
      return Number(/^\*\*(\d+) alerts?[*,]/.exec(markdown)?.[1] ?? 1);
    },
  });
}

answersMean(webex, settings, [
  [400, { message: 'The request could not be understood' }, 'reject/payload'],
  [404, { message: 'Could not find webhook' }, 'retry/client'],
  [429, { message: 'Too many requests' }, 'retry/rateLimited'],
]);
