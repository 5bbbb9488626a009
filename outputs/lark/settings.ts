import type { Static } from 'typebox';
import { plainLook, webhookUrlSetting } from '../../src/output/chat-settings.ts';
import { optionalSecret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...webhookUrlSetting('custom bot'),
  secret: optionalSecret("For a bot with a signature: the bot's secret."),
  ...plainLook,
});

/** Defaults filled in. */
export type LarkSettings = Static<typeof schema>;
