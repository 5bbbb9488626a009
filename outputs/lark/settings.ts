import { type Static, Type } from 'typebox';
import { plainLook, webhookUrlSetting } from '../../src/output/chat-settings.ts';
import { secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...webhookUrlSetting('custom bot'),
  secret: Type.Optional(
    secret({ description: "For a bot with a signature: the bot's secret.", minLength: 1 }),
  ),
  ...plainLook,
});

/** Defaults filled in. */
export type LarkSettings = Static<typeof schema>;
