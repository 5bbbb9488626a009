import type { Static } from 'typebox';
import { checkWebhookUrl } from '../../src/output/chat-output.ts';
import {
  messageFormatSetting,
  plainLook,
  webhookUrlSetting,
} from '../../src/output/chat-settings.ts';
import type { Mistake } from '../../src/output/check.ts';
import { optionalSecret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...webhookUrlSetting('custom robot, with its `access_token`'),
  secret: optionalSecret('For a robot with a signature: its secret, `SEC…`.'),
  ...plainLook,
  messageFormat: messageFormatSetting,
});

/** Defaults filled in. */
export type DingtalkSettings = Static<typeof schema>;

/** Without the token DingTalk refuses each message as one that lacks a parameter. */
export function mistakesIn({ webhookUrl }: DingtalkSettings): Mistake[] {
  const mistakes = checkWebhookUrl({ webhookUrl });
  if (mistakes.length > 0 || new URL(webhookUrl).searchParams.get('access_token')) return mistakes;
  return [{ path: 'webhookUrl', message: 'has no access_token: copy it whole from the robot' }];
}
