import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import { waitsAsTold } from '../../test/contract/rate-limit.ts';
import telegram from './index.ts';
import type { TelegramMessage } from './payload.ts';

const settings = (url: string) => ({ url, token: '4242:planted-token', chatId: '-1007' });

for (const layout of ['standard', 'falcosidekick']) {
  chatContract<TelegramMessage>(telegram, {
    variant: layout,
    settings: (url) => ({ ...settings(url), layout }),
    request: 'POST /bot4242:planted-token/sendMessage',
    answer: { status: 200, body: '{"ok":true,"result":{"message_id":7,"chat":{"id":-1007}}}' },
    lookalikes: [
      { status: 200 },
      { status: 200, body: '{"ok":false}' },
      { status: 200, body: '{"ok":true,"result":true}' },
    ],
    bytesMax: 30_000,
    harmful: /@/,
    own: (text) => text === '-1007',
    check(message) {
      assert.equal(message.chat_id, '-1007');
      assert.equal(message.parse_mode, 'MarkdownV2');
      assert.equal(message.disable_web_page_preview, true);
      assert.ok(message.text.length <= 4096, `${message.text.length} characters`);
      assertMarkdown(message.text);
      return Number(/^\*(\d+) alerts?[*,]/.exec(message.text)?.[1] ?? 1);
    },
  });
}

/** Telegram refuses a character of its markup that neither begins nor ends an entity. */
function assertMarkdown(text: string): void {
  const bare = text.replaceAll(/\\[\\_*[\]()~`>#+\-=|{}.!]/g, '');
  assert.doesNotMatch(bare, /[\\_[\]()~`>#+\-=|{}.!]/);
  for (const line of bare.split('\n')) {
    assert.equal((line.match(/\*/g)?.length ?? 0) % 2, 0, line);
  }
}

const error = (error_code: number, description: string) => ({ ok: false, error_code, description });

answersMean(telegram, settings, [
  [400, error(400, 'Bad Request: chat not found'), 'retry/client'],
  [400, error(400, "Bad Request: can't parse entities"), 'reject/payload'],
  [401, error(401, 'Unauthorized'), 'retry/auth'],
  [403, error(403, 'Forbidden: bot was kicked from the group chat'), 'retry/auth'],
  [404, error(404, 'Not Found'), 'retry/client'],
]);

waitsAsTold(
  telegram,
  settings,
  { ...error(429, 'Too Many Requests: retry after 35'), parameters: { retry_after: 35 } },
  35_000,
);
