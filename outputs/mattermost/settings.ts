import type { Static } from 'typebox';
import { Type } from 'typebox';
import { postedLook, senderSettings, shownMaxSetting } from '../../src/output/chat-settings.ts';

export const schema = Type.Object(
  {
    ...postedLook('channel'),
    channel: Type.Optional(
      Type.String({
        description:
          'Another channel than the URL belongs to: its name in URLs, or `@user`. Counts unless the webhook is locked to its channel.',
        minLength: 1,
      }),
    ),
    ...senderSettings('Mattermost, where the server allows webhooks to name one'),
    attachmentsMax: shownMaxSetting(20, 100),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type MattermostSettings = Static<typeof schema>;
