import { priorityTitle } from '../../src/alert.ts';
import { lateText } from '../../src/output/chat-digest.ts';
import { allFields, fittingRows } from '../../src/output/chat-facts.ts';
import { chatMessage, MARKDOWN, type Markup } from '../../src/output/chat-message.ts';
import {
  bytesOf,
  defuseWithin,
  footerText,
  quietWithoutLinks,
} from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import type { WebexSettings } from './settings.ts';

/**
 * What is posted to a webhook.
 *
 * @see https://developer.webex.com/docs/api/v1/messages/create-a-message
 */
export interface WebexMessage {
  readonly markdown: string;
}

/** Webex takes 7439 bytes. */
const MARKDOWN_BYTES_MAX = 7400;

const MARKUP: Markup = {
  ...MARKDOWN,
  newline: '  \n',
  sizeOf: bytesOf,
  sizeMax: MARKDOWN_BYTES_MAX,
};

/** One message for one alert, or for many when they have been waiting. */
export function webexMessage(
  settings: WebexSettings,
  deliveries: readonly Delivery[],
): WebexMessage {
  const [first] = deliveries as [Delivery];
  return deliveries.length === 1 && settings.layout === 'falcosidekick'
    ? { markdown: sidekickText(settings, first) }
    : { markdown: chatMessage(MARKUP, settings, deliveries) };
}

const FIELDS_BYTES_MAX = 2500;

/** As Falcosidekick writes it, all fields included. */
function sidekickText(settings: WebexSettings, delivery: Delivery): string {
  const { alert } = delivery;
  const tags = alert.tags.slice(0, 20).map((tag) => `\n    * ${within(tag, 50)}\n    `);
  const rows = fittingRows(allFields(alert), {
    row: (title, value) => `\n\t* ${within(title, 200)}: ${within(value, 1000)}\n\t`,
    sizeMax: FIELDS_BYTES_MAX,
    sizeOf: bytesOf,
  });
  const below = [lateText(delivery), footerText(settings, alert)].filter((line) => line !== '');
  return [
    `# Falco Rule '${within(alert.rule, 300)}'\n\n`,
    `### ${within(alert.output, 1500)}\n\n`,
    'Additional informations:\n',
    `  * Hostname: ${within(alert.hostname, 250)}\n`,
    `  * Source:   ${within(alert.source, 100)}  \n`,
    `  * Priority: ${priorityTitle(alert.priority)}\n`,
    `  * Tags:\n    ${tags.join('')}\n`,
    `  * Fields:\n\t${rows.join('')}\n`,
    ...below.map((line) => `\n${line}\n`),
  ].join('');
}

function within(text: string, bytesMax: number): string {
  return defuseWithin(quietWithoutLinks, text, bytesMax, bytesOf);
}
