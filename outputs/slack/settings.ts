import { type Static, Type } from 'typebox';
import { lookSettings, senderSettings, webhookUrlSetting } from '../../src/output/chat-settings.ts';
import { flag, optionalText, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...webhookUrlSetting('channel'),
  channel: optionalText(
    'Another channel than the URL belongs to, `#name` or `@user`. Webhooks of Slack apps ignore it.',
  ),
  ...senderSettings('Slack'),
  ...lookSettings,
  blocks: flag(
    'Whether an alert is laid out in Block Kit, and not as the attachment that Falcosidekick makes.',
    false,
  ),
  attachmentsMax: Type.Integer({
    description:
      'Alerts shown in one message when many wait; the rest is counted. Slack allows 100, and 25 with blocks.',
    minimum: 1,
    maximum: 100,
    default: 20,
  }),
  unfurlLinks: flag(
    'Whether Slack may fetch a link that stands in an alert to show a preview: whoever put the link there then knows that it was seen.',
    false,
  ),
});

/** Defaults filled in. */
export type SlackSettings = Static<typeof schema>;
