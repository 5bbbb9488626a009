import { type CodeReasons, resultByCode } from '../../src/output/answer-rules.ts';
import { defineChat } from '../../src/output/chat-output.ts';
import type { SingleResult } from '../../src/output/define.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { dingtalkMessage, signedUrl } from './payload.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineChat({
  id: 'dingtalk',
  title: 'DingTalk',
  summary: 'Posts alerts to a group of DingTalk through a custom robot.',
  schema,
  example: {
    webhookUrl: 'https://oapi.dingtalk.com/robot/send?access_token=XXXX',
    secret: 'SECXXXX',
  },
  validate: mistakesIn,
  requestOf: (settings, deliveries) => ({
    url: signedUrl(settings, Date.now()),
    body: dingtalkMessage(settings, deliveries),
  }),
  resultOf: (answer) => (isShutOut(answer) ? SHUT_OUT : resultByCode(answer, ['errcode'], REASONS)),
});

/**
 * Whoever sends far too much from one address is shut out for five minutes, without an errcode.
 *
 * @see https://open.dingtalk.com/document/orgapp/server-api-rate-limits
 */
function isShutOut({ text }: HttpAnswer): boolean {
  return /"punish"\s*:\s*"deny"/.test(text);
}

const SHUT_OUT: SingleResult = {
  outcome: 'retry',
  reason: 'rateLimited',
  detail: 'DingTalk takes nothing more from this address for five minutes',
  afterMs: 5 * 60_000,
};

const REASONS: CodeReasons = {
  40_035: 'payload',
  130_101: 'rateLimited',
  // No such token.
  300_001: 'auth',
  300_005: 'auth',
  // Signature, address or keyword: what the robot wants of every message.
  310_000: 'auth',
  // The group or the robot is gone, or switched off.
  400_013: 'client',
  400_101: 'auth',
  400_102: 'client',
  400_105: 'payload',
  400_106: 'client',
  410_100: 'rateLimited',
  // What DingTalk finds unfit.
  430_101: 'payload',
  430_102: 'payload',
  430_103: 'payload',
  430_104: 'payload',
};
