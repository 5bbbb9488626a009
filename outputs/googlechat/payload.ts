import type { Alert } from '../../src/alert.ts';
import { digestOf, lateText } from '../../src/output/chat-digest.ts';
import { boundedFacts, type FactsForm } from '../../src/output/chat-facts.ts';
import {
  defuseWithin,
  footerText,
  jsonBytesOf,
  outputText,
  quietWithoutLinks,
  templateText,
} from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import { titleOf } from '../../src/output/details.ts';
import { truncateBytes } from '../../src/output/format.ts';
import type { GooglechatSettings } from './settings.ts';

/**
 * What is posted to a webhook of a space.
 *
 * @see https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages
 */
export interface GooglechatMessage {
  readonly text?: string;
  readonly cardsV2?: readonly CardV2[];
  readonly cards?: readonly CardV1[];
}

export interface CardV2 {
  readonly cardId: string;
  readonly card: {
    readonly header: { readonly title: string };
    readonly sections: readonly [{ readonly widgets: readonly WidgetV2[] }];
  };
}

export type WidgetV2 =
  | { readonly textParagraph: { readonly text: string } }
  | {
      readonly decoratedText: {
        readonly topLabel: string;
        readonly text: string;
        readonly wrapText: true;
      };
    };

/** The first kind of cards, with an empty header as Falcosidekick writes it. */
export interface CardV1 {
  readonly header: { readonly title: string; readonly subtitle: '' };
  readonly sections: readonly [
    {
      readonly widgets: readonly {
        readonly keyValue: { readonly topLabel: string; readonly content: string };
      }[];
    },
  ];
}

/** Google takes 32,000 bytes; ours are bytes of JSON. */
const CARDS_SIZE_MAX = 24_000;
const TEXT_BYTES_MAX = 4000;
const TITLE_CHARS_MAX = 250;

const FACTS: FactsForm = {
  defuse: safe,
  before: ['rule', 'priority', 'source', 'hostname'],
  after: ['tags', 'time'],
  // A card shows a hundred widgets.
  fieldsMax: 80,
  titleMax: 200,
  valueMax: 1500,
  sizeMax: 8000,
  sizeOf: jsonBytesOf,
};

/** Cards read a few tags, and a text `<users/all>`. */
function safe(text: string): string {
  return quietWithoutLinks(text).replaceAll('<', '‹').replaceAll('&', '＆');
}

/** One message for one alert, or for many when they have been waiting. */
export function googlechatMessage(
  settings: GooglechatSettings,
  deliveries: readonly Delivery[],
): GooglechatMessage {
  const isV1 = settings.cards === 'v1';
  const { parts, headline } = digestOf<CardV1 | CardV2>(deliveries, {
    shownMax: settings.shownMax,
    sizeMax: CARDS_SIZE_MAX,
    partOf: (delivery, many) => (isV1 ? cardV1 : cardV2)(settings, delivery, many),
    sizeOf: (part) => Buffer.byteLength(JSON.stringify(part)),
  });
  const [first] = deliveries as [Delivery];
  const text = truncateBytes(headline || templateText(settings, first.alert, safe), TEXT_BYTES_MAX);
  if (settings.outputFormat === 'template' && headline === '' && text !== '') return { text };
  return { ...(text !== '' && { text }), [isV1 ? 'cards' : 'cardsV2']: parts };
}

function cardV2(settings: GooglechatSettings, delivery: Delivery, many: boolean): CardV2 {
  const { alert } = delivery;
  const { outputFormat } = settings;
  const isTable = !many && outputFormat !== 'text' && outputFormat !== 'template';
  const output = outputWithin(alert, many ? 500 : 4000);
  return {
    cardId: delivery.key,
    card: {
      header: { title: titleWithin(alert) },
      sections: [
        {
          widgets: [
            ...paragraph(lateText(delivery)),
            ...paragraph(!many && outputFormat === 'fields' ? '' : output),
            ...(isTable ? boundedFacts(FACTS, alert).map(decorated) : []),
            ...paragraph(footerText(settings, alert)),
          ],
        },
      ],
    },
  };
}

function paragraph(text: string): WidgetV2[] {
  return text === '' ? [] : [{ textParagraph: { text } }];
}

function decorated({ title, value }: { title: string; value: string }): WidgetV2 {
  return { decoratedText: { topLabel: title, text: value, wrapText: true } };
}

function cardV1(settings: GooglechatSettings, delivery: Delivery, many: boolean): CardV1 {
  const { alert } = delivery;
  const late = lateText(delivery);
  const footer = footerText(settings, alert);
  const rows = [
    ...(late === '' ? [] : [{ title: 'late', value: late }]),
    ...(many ? [{ title: 'output', value: outputWithin(alert, 500) }] : boundedFacts(FACTS, alert)),
    ...(footer === '' ? [] : [{ title: 'uuid', value: footer }]),
  ];
  const widgets = rows.map(({ title, value }) => ({
    keyValue: { topLabel: title, content: value },
  }));
  const title = many ? titleWithin(alert) : '';
  return { header: { title, subtitle: '' }, sections: [{ widgets }] };
}

function titleWithin(alert: Alert): string {
  return defuseWithin(safe, titleOf(alert, TITLE_CHARS_MAX), TITLE_CHARS_MAX);
}

function outputWithin(alert: Alert, sizeMax: number): string {
  return defuseWithin(safe, outputText(alert), sizeMax, jsonBytesOf);
}
