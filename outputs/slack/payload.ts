import {
  type Attachment,
  type AttachmentsForm,
  type AttachmentsMessage,
  attachmentsOf,
  omitEmpty,
} from '../../src/output/attachments.ts';
import type { Delivery } from '../../src/output/define.ts';
import { type BlockAttachment, blocksOf } from './blocks.ts';
import { defuse } from './mrkdwn.ts';
import type { SlackSettings } from './settings.ts';

/** Keys and their order are Falcosidekick's. */
export interface SlackMessage<Shown = Attachment> extends AttachmentsMessage<Shown> {
  readonly unfurl_links?: false | undefined;
  readonly unfurl_media?: false | undefined;
  readonly attachments: readonly Shown[];
}

const FORM: AttachmentsForm = {
  defuse,
  before: ['rule', 'priority', 'source', 'hostname', 'tags'],
  after: ['time'],
};

/** One message for one alert, or for many when they have been waiting. */
export function slackMessage(
  settings: Omit<SlackSettings, 'webhookUrl'>,
  deliveries: readonly Delivery[],
): SlackMessage<Attachment | BlockAttachment> {
  const { username, iconUrl, channel } = settings;
  const unfurl = settings.unfurlLinks ? undefined : false;
  const { text, attachments } = settings.blocks
    ? blocksOf(settings, deliveries)
    : attachmentsOf(FORM, settings, deliveries);
  return omitEmpty({
    text,
    username,
    icon_url: iconUrl,
    channel,
    unfurl_links: unfurl,
    unfurl_media: unfurl,
    attachments,
  });
}
