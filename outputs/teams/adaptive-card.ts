import type { Alert } from '../../src/alert.ts';
import { fromPriority } from '../../src/output/by-priority.ts';
import { digestOf, lateText } from '../../src/output/chat-digest.ts';
import { boundedFacts } from '../../src/output/chat-facts.ts';
import { defuseWithin, footerText, quiet, templateText } from '../../src/output/chat-text.ts';
import type { Delivery } from '../../src/output/define.ts';
import { titleOf } from '../../src/output/details.ts';
import type { Fact } from '../../src/output/fields.ts';
import { FACTS, outputWithin, SIZE_MAX } from './limits.ts';
import type { TeamsSettings } from './settings.ts';

/**
 * What a workflow of Teams posts: an Adaptive Card of version 1.4, the last that Teams shows whole.
 *
 * @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export interface AdaptiveMessage {
  readonly type: 'message';
  readonly attachments: readonly [
    {
      readonly contentType: 'application/vnd.microsoft.card.adaptive';
      readonly contentUrl: null;
      readonly content: AdaptiveCard;
    },
  ];
}

export interface AdaptiveCard {
  readonly $schema: string;
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  readonly msteams: { readonly width: 'Full' };
  readonly body: readonly CardElement[];
}

export type CardElement =
  | { readonly type: 'TextBlock'; readonly text: string; readonly [look: string]: unknown }
  | { readonly type: 'FactSet'; readonly facts: readonly Fact[] }
  | {
      readonly type: 'Container';
      readonly separator: true;
      readonly items: readonly CardElement[];
    };

const TITLE_CHARS_MAX = 250;

/** One message for one alert, or for many when they have been waiting. */
export function adaptiveMessage(
  settings: TeamsSettings,
  deliveries: readonly Delivery[],
): AdaptiveMessage {
  const { parts, headline } = digestOf(deliveries, {
    shownMax: settings.shownMax,
    sizeMax: SIZE_MAX,
    partOf: (delivery, many) => items(settings, delivery, many),
    sizeOf: (part) => Buffer.byteLength(JSON.stringify(part)),
  });
  const containers = parts.map(
    (part): CardElement => ({ type: 'Container', separator: true, items: part }),
  );
  const body = headline === '' ? (parts[0] ?? []) : [...text(headline, STRONG), ...containers];
  const content: AdaptiveCard = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body,
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

const STRONG = { weight: 'Bolder', size: 'Medium' };
const SMALL = { size: 'Small', isSubtle: true };

/** Of many, each goes without the table, so that more of them fit. */
function items(settings: TeamsSettings, delivery: Delivery, many: boolean): CardElement[] {
  const { alert } = delivery;
  const { outputFormat } = settings;
  const facts = many || outputFormat === 'text' ? [] : boundedFacts(FACTS, alert);
  const isLine = many || outputFormat !== 'fields';
  return [
    ...text(many ? '' : templateText(settings, alert, quiet)),
    ...heading(alert),
    ...text(lateText(delivery)),
    ...text(isLine ? outputWithin(alert, many ? 500 : 4000) : ''),
    ...(facts.length === 0 ? [] : [{ type: 'FactSet', facts } as const]),
    ...text(footerText(settings, alert), SMALL),
  ];
}

function heading(alert: Alert): CardElement[] {
  const title = defuseWithin(quiet, titleOf(alert, TITLE_CHARS_MAX), TITLE_CHARS_MAX);
  return text(title, { ...STRONG, color: COLOURS[alert.priority] });
}

function text(what: string, look: object = {}): CardElement[] {
  return what === '' ? [] : [{ type: 'TextBlock', text: what, wrap: true, ...look }];
}

/** The colours there are. */
const COLOURS = fromPriority({
  debug: 'Default',
  informational: 'Accent',
  warning: 'Warning',
  error: 'Attention',
});
