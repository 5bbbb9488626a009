import {
  type AttachmentsForm,
  type AttachmentsMessage,
  attachmentsOf,
  omitEmpty,
} from '../../src/output/attachments.ts';
import { quiet } from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import type { MattermostSettings } from './settings.ts';

/** @see https://developers.mattermost.com/integrate/webhooks/incoming/ */
export type MattermostMessage = AttachmentsMessage;

const FORM: AttachmentsForm = {
  defuse: quiet,
  before: ['rule', 'hostname', 'priority', 'source', 'tags'],
  after: ['time'],
};

/** One message for one alert, or for many when they have been waiting. */
export function mattermostMessage(
  settings: MattermostSettings,
  deliveries: readonly Delivery[],
): MattermostMessage {
  const { username, iconUrl, channel } = settings;
  const { text, attachments } = attachmentsOf(FORM, settings, deliveries);
  return omitEmpty({ text, username, icon_url: iconUrl, channel, attachments });
}
