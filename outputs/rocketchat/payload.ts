import {
  type AttachmentsForm,
  type AttachmentsMessage,
  attachmentsOf,
  omitEmpty,
} from '../../src/output/attachments.ts';
import { quiet } from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import type { RocketchatSettings } from './settings.ts';

/** @see https://docs.rocket.chat/docs/integrations */
export type RocketchatMessage = AttachmentsMessage;

const FORM: AttachmentsForm = {
  defuse: quiet,
  before: ['rule', 'priority', 'source', 'tags'],
  after: ['time', 'hostname'],
};

/** One message for one alert, or for many when they have been waiting. */
export function rocketchatMessage(
  settings: RocketchatSettings,
  deliveries: readonly Delivery[],
): RocketchatMessage {
  const { username, iconUrl, channel, outputFormat } = settings;
  const look = { ...settings, outputFormat: outputFormat === 'template' ? 'text' : outputFormat };
  const { text, attachments } = attachmentsOf(FORM, look, deliveries);
  // A text of its own says it all; without one, or with many alerts, the lines do.
  const isAll = outputFormat === 'template' && deliveries.length === 1 && text !== '';
  return omitEmpty({
    text,
    username,
    icon_url: iconUrl,
    channel,
    attachments: isAll ? undefined : attachments,
  });
}
