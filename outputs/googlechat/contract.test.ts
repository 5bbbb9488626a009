import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import googlechat from './index.ts';
import type { GooglechatMessage } from './payload.ts';

const settings = (origin: string) => ({
  webhookUrl: `${origin}/v1/spaces/S/messages?key=planted-key&token=planted-token`,
  messageFormat: '{{ .Output }}',
});

for (const cards of ['v1', 'v2'] as const) {
  chatContract<GooglechatMessage>(googlechat, {
    variant: cards,
    settings: (origin) => ({ ...settings(origin), cards }),
    request: 'POST /v1/spaces/S/messages?key=planted-key&token=planted-token',
    answer: { status: 200, body: '{"name":"spaces/S/messages/M.M","text":"x"}' },
    lookalikes: [{ status: 200 }, { status: 200, body: '{"name":"x"}' }, { status: 204 }],
    bytesMax: 32_000,
    harmful: /[@<&`]|\]\(|:\/\//,
    check(message) {
      assert.ok((message.text ?? '').length <= 4096);
      const shown = message.cardsV2?.map(({ card }) => card) ?? message.cards ?? [];
      for (const { sections } of shown) {
        const [{ widgets }] = sections;
        assert.ok(widgets.length >= 1 && widgets.length <= 100, `${widgets.length} widgets`);
      }
      const ids = message.cardsV2?.map(({ cardId }) => cardId) ?? [];
      assert.equal(new Set(ids).size, ids.length);
      return shown.length;
    },
  });
}

const error = (code: number, status: string, message = '') => ({
  error: { code, message, status },
});

answersMean(googlechat, settings, [
  [400, error(400, 'INVALID_ARGUMENT', 'API key not valid.'), 'retry/client'],
  [400, error(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received.'), 'reject/payload'],
  [403, error(403, 'PERMISSION_DENIED'), 'retry/auth'],
  [404, error(404, 'NOT_FOUND'), 'retry/client'],
  [429, error(429, 'RESOURCE_EXHAUSTED'), 'retry/rateLimited'],
]);
