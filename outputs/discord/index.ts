import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { checkWebhookUrl, defineChat } from '../../src/output/chat-output.ts';
import { discordMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'discord',
  title: 'Discord',
  summary: 'Posts alerts to a Discord channel through a webhook.',
  schema,
  example: { webhookUrl: 'https://discord.com/api/webhooks/000000000000000000/XXXXXXXX' },
  validate: checkWebhookUrl,
  requestOf: (settings, deliveries) => ({
    url: waiting(settings.webhookUrl),
    body: discordMessage(settings, deliveries),
  }),
  resultOf: (answer) =>
    resultByRules(answer, {
      isTaken: (taken) => typeof objectIn(taken)['id'] === 'string',
      expected: 'Discord answers with the message and its id',
      isAboutSettings: (refusal) => ABOUT_CHANNEL.has(Number(objectIn(refusal)['code'])),
      waitSeconds: (refusal) => objectIn(refusal)['retry_after'],
    }),
});

/** Discord then answers once the message is there; otherwise as soon as it has read it. */
function waiting(webhookUrl: string): string {
  const url = new URL(webhookUrl);
  url.searchParams.set('wait', 'true');
  return url.href;
}

/**
 * Unknown channel or webhook, a thread that is archived or missing, no permission.
 *
 * @see https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
 */
const ABOUT_CHANNEL: ReadonlySet<number> = new Set([
  10_003, 10_015, 50_001, 50_013, 50_083, 220_001, 220_003,
]);
