import {
  type FetchFunction,
  IncomingWebhook,
  type IncomingWebhookSendArguments,
} from '@slack/webhook';
import { checkHttpUrl } from '../../src/output/check.ts';
import { defineOutput, type SendContext, type SingleResult } from '../../src/output/define.ts';
import { resultOfError, resultOfStatus } from '../../src/output/http-result.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { slackMessage } from './payload.ts';
import { schema, type SlackSettings } from './settings.ts';

export default defineOutput({
  id: 'slack',
  title: 'Slack',
  category: 'chat',
  summary: 'Posts alerts to a Slack channel through an incoming webhook.',
  schema,
  example: { webhookUrl: 'https://hooks.slack.com/services/T000/B000/XXXX' },
  batch: { alertsMax: 250, bytesMax: 1024 * 1024, waitMs: 20 },
  concurrency: 1,
  staleAfterMs: 60 * 60_000,
  validate: ({ webhookUrl }) => checkHttpUrl('webhookUrl', webhookUrl),
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
  try {
    const webhook = new IncomingWebhook(settings.webhookUrl, { fetch });
    // Falcosidekick's `fields: null` is not in Slack's types.
    await webhook.send(message as unknown as IncomingWebhookSendArguments);
    return resultOf(answers[0] as HttpAnswer);
  } catch (error) {
    return resultOfError(error);
  }
}

/** Slack says `ok`; a proxy's or a login page's 200 does not. */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  const said = answer.text.trim();
  if (result.outcome === 'delivered') {
    if (said === 'ok') return result;
    return { outcome: 'retry', reason: 'client', detail: `HTTP ${answer.status} without "ok"` };
  }
  if (result.outcome === 'reject' && NOT_ABOUT_THE_ALERT.has(said)) {
    return { outcome: 'retry', reason: 'client', detail: result.detail };
  }
  return result;
}

/** Errors that come with status 400, yet are about the webhook, or its `channel`. */
const NOT_ABOUT_THE_ALERT: ReadonlySet<string> = new Set([
  'channel_is_archived',
  'channel_not_found',
  'invalid_token',
  'no_active_hooks',
  'no_service',
  'no_team',
  'team_disabled',
  'user_not_found',
]);
