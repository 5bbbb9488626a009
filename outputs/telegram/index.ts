import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { defineChat } from '../../src/output/chat-output.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import { withoutSecret } from '../../src/output/http-excerpt.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { telegramMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'telegram',
  title: 'Telegram',
  summary: 'Sends alerts to a chat, group or channel of Telegram through a bot.',
  schema,
  example: { token: '110201543:XXXX', chatId: '-1001234567890' },
  validate: ({ url }) => checkHttpUrl('url', url),
  requestOf: (settings, deliveries) => ({
    url: below(settings.url, `/bot${settings.token}/sendMessage`),
    body: telegramMessage(settings, deliveries),
  }),
  resultOf: (answer, { token }) =>
    resultByRules(withoutSecret(answer, token), {
      isTaken: isMessage,
      expected: 'Telegram answers with the message and its number',
      isAboutSettings: (refusal) => ABOUT_CHAT.test(String(objectIn(refusal)['description'])),
      waitSeconds: (refusal) => parametersIn(refusal)['retry_after'],
    }),
});

function isMessage(answer: HttpAnswer): boolean {
  const { ok, result } = objectIn(answer);
  const { message_id: id } = (result ?? {}) as { readonly message_id?: unknown };
  return ok === true && typeof id === 'number';
}

function parametersIn(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  return (objectIn(answer)['parameters'] ?? {}) as Record<string, unknown>;
}

/** Descriptions that come with status 400, yet are about the chat or the bot's rights in it. */
const ABOUT_CHAT =
  /chat not found|thread not found|upgraded to a supergroup|not enough rights|TOPIC_CLOSED|TOPIC_DELETED|CHAT_WRITE_FORBIDDEN|PEER_ID_INVALID/i;
