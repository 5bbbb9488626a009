import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { checkWebhookUrl, defineChat } from '../../src/output/chat-output.ts';
import { mattermostMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'mattermost',
  title: 'Mattermost',
  summary: 'Posts alerts to a Mattermost channel through an incoming webhook.',
  schema,
  example: { webhookUrl: 'https://mattermost.example.org/hooks/xxxxxxxxxxxxxxxxxxxxxxxxxx' },
  validate: checkWebhookUrl,
  requestOf: (settings, deliveries) => ({
    url: settings.webhookUrl,
    body: mattermostMessage(settings, deliveries),
  }),
  resultOf: (answer) =>
    resultByRules(answer, {
      isTaken: ({ text }) => text.trim() === 'ok',
      expected: 'Mattermost says ok',
      isAboutSettings: (refusal) => ABOUT_CHANNEL.test(String(objectIn(refusal)['id'])),
    }),
});

/**
 * Ids of errors about the webhook, its user or its channel, which may be archived; those about the
 * text are others.
 */
const ABOUT_CHANNEL =
  /^web\.incoming_webhook\.(?:channel|channel_locked|disabled|invalid|permissions|user)\.|\.can_not_post_to_deleted\./;
