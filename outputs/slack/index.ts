import {
  type FetchFunction,
  IncomingWebhook,
  type IncomingWebhookSendArguments,
} from '@slack/webhook';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { CHAT_LANE, checkWebhookUrl } from '../../src/output/chat-output.ts';
import { defineOutput, type SendContext, type SingleResult } from '../../src/output/define.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { slackMessage } from './payload.ts';
import { schema, type SlackSettings } from './settings.ts';

export default defineOutput({
  id: 'slack',
  title: 'Slack',
  summary: 'Posts alerts to a Slack channel through an incoming webhook.',
  schema,
  example: { webhookUrl: 'https://hooks.slack.com/services/T000/B000/XXXX' },
  ...CHAT_LANE,
  validate: checkWebhookUrl,
  send: (context, deliveries) => post(context, slackMessage(context.settings, deliveries)),
});

/**
 * Slack's client builds the request; ours sends it and keeps the answer, because the errors of
 * Slack's carry no headers, hence no Retry-After. So every answer looks like a success to it.
 */
async function post(
  { settings, http, signal }: SendContext<SlackSettings>,
  message: ReturnType<typeof slackMessage>,
): Promise<SingleResult> {
  const answers: HttpAnswer[] = [];
  const fetch: FetchFunction = async (url, { headers = {}, body } = {}) => {
    const request = { url: String(url), headers, body: body as string, signal };
    const answer = await http.request({ method: 'POST', ...request });
    answers.push(answer);
    return new Response(answer.text);
  };
  const webhook = new IncomingWebhook(settings.webhookUrl, { fetch });
  // Falcosidekick's `fields: null` is not in Slack's types.
  await webhook.send(message as unknown as IncomingWebhookSendArguments);
  return resultOf(answers[0] as HttpAnswer);
}

function resultOf(answer: HttpAnswer): SingleResult {
  return resultByRules(answer, {
    isTaken: ({ text }) => text.trim() === 'ok',
    expected: 'Slack says ok',
    isAboutSettings: ({ text }) => ABOUT_SETTINGS.has(text.trim()),
  });
}

/** Errors that may come with status 400, yet are about the webhook, or its `channel`. */
const ABOUT_SETTINGS: ReadonlySet<string> = new Set([
  'channel_is_archived',
  'channel_not_found',
  'invalid_token',
  'no_active_hooks',
  'no_service',
  'no_team',
  'team_disabled',
  'user_not_found',
]);
