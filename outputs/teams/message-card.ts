import type { Alert } from '../../src/alert.ts';
import { digestOf, lateText, lines } from '../../src/output/chat-digest.ts';
import { boundedFacts } from '../../src/output/chat-facts.ts';
import { footerText, quiet, templateText } from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import { goTimeText } from '../../src/template/index.ts';
import { CARD_COLOURS } from '../../src/output/format.ts';
import { FACTS, outputWithin, SIZE_MAX } from './limits.ts';
import type { TeamsSettings } from './settings.ts';

/**
 * What an Office 365 connector took; keys and values are Falcosidekick's.
 *
 * @see https://learn.microsoft.com/outlook/actionable-messages/message-card-reference
 */
export interface MessageCard {
  readonly '@type': 'MessageCard';
  readonly summary: string;
  readonly themeColor: string;
  readonly title?: string;
  readonly sections: readonly Section[];
}

interface Section {
  readonly activityTitle: string;
  readonly activitySubtitle: string;
  readonly activityImage?: string;
  readonly text: string;
  readonly facts?: readonly { readonly name: string; readonly value: string }[];
}

/** One message for one alert, or for many when they have been waiting. */
export function messageCard(settings: TeamsSettings, deliveries: readonly Delivery[]): MessageCard {
  const { parts, headline } = digestOf(deliveries, {
    // More than ten sections are not shown.
    shownMax: Math.min(settings.shownMax, 10),
    sizeMax: SIZE_MAX,
    partOf: (delivery, many) => ({
      alert: delivery.alert,
      section: section(settings, delivery, many),
    }),
    sizeOf: (part) => Buffer.byteLength(JSON.stringify(part.section)),
  });
  const { alert } = parts[0] as { readonly alert: Alert };
  return {
    '@type': 'MessageCard',
    summary: headline || outputWithin(alert, 4000),
    themeColor: CARD_COLOURS[alert.priority].replace('#', ''),
    ...(headline !== '' && { title: headline }),
    sections: parts.map((part) => part.section),
  };
}

function section(settings: TeamsSettings, delivery: Delivery, many: boolean): Section {
  const { alert } = delivery;
  const { title, iconUrl, outputFormat } = settings;
  const facts = many || outputFormat === 'text' ? undefined : boundedFacts(FACTS, alert);
  const text = lines(
    many ? '' : templateText(settings, alert, quiet),
    lateText(delivery),
    outputFormat === 'fields' && !many ? '' : outputWithin(alert, many ? 500 : 4000),
    footerText(settings, alert),
  ).replaceAll('\n', '\n\n');
  return {
    activityTitle: many ? quiet(alert.rule) : title,
    activitySubtitle: goTimeText(alert.time),
    ...(iconUrl !== undefined && { activityImage: iconUrl }),
    text,
    ...(facts && { facts: facts.map(({ title: name, value }) => ({ name, value })) }),
  };
}
