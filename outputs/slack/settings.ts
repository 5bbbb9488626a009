import type { Static } from 'typebox';
import { Type } from 'typebox';
import { lookSettings, senderSettings, webhookUrlSetting } from '../../src/output/chat-settings.ts';

export const schema = Type.Object(
  {
    ...webhookUrlSetting('channel'),
    channel: Type.Optional(
      Type.String({
        description:
          'Another channel than the URL belongs to, `#name` or `@user`. Webhooks of Slack apps ignore it.',
        minLength: 1,
      }),
    ),
    ...senderSettings('Slack'),
    ...lookSettings,
    blocks: Type.Boolean({
      description:
        'Whether an alert is laid out in Block Kit, and not as the attachment that Falcosidekick makes.',
      default: false,
    }),
    attachmentsMax: Type.Integer({
      description:
        'Alerts shown in one message when many wait; the rest is counted. Slack allows 100, and 25 with blocks.',
      minimum: 1,
      maximum: 100,
      default: 20,
    }),
    unfurlLinks: Type.Boolean({
      description:
        'Whether Slack may fetch a link that stands in an alert to show a preview: whoever put the link there then knows that it was seen.',
      default: false,
    }),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type SlackSettings = Static<typeof schema>;
