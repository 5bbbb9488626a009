import type { Static } from 'typebox';
import { postedLook, senderSettings, shownMaxSetting } from '../../src/output/chat-settings.ts';
import { optionalText, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...postedLook('channel'),
  channel: optionalText(
    'Another channel than the URL belongs to: its name in URLs, or `@user`. Counts unless the webhook is locked to its channel.',
  ),
  ...senderSettings('Mattermost, where the server allows webhooks to name one'),
  attachmentsMax: shownMaxSetting(20, 100),
});

/** Defaults filled in. */
export type MattermostSettings = Static<typeof schema>;
