import type { Delivery } from '../../src/output/define.ts';
import {
  type Details,
  factsOf,
  fittingDetails,
  summaryOf,
  titleOf,
} from '../../src/output/details.ts';
import { inert } from '../../src/output/inert.ts';
import { escapeMarkdown } from '../../src/output/markdown.ts';
import { incidentKeyOf, isResolved } from '../../src/output/resolution.ts';
import type { IncidentIoSettings } from './settings.ts';

/**
 * What is posted for one alert.
 *
 * @see https://docs.incident.io/api-reference/alert-events-v2/createhttp
 */
export interface AlertEvent {
  readonly status: 'firing' | 'resolved';
  readonly title: string;
  /** Markdown. */
  readonly description: string;
  readonly deduplication_key: string;
  readonly metadata: Readonly<Record<string, Details[string] | Details>>;
}

/** Ours: the reference names no limits. */
const TITLE_CHARS_MAX = 300;
const DESCRIPTION_CHARS_MAX = 8000;
const KEY_CHARS_MAX = 255;
const FIELDS_BYTES_MAX = 200_000;

export function alertEvent(settings: IncidentIoSettings, delivery: Delivery): AlertEvent {
  const { alert, key } = delivery;
  const dedupKey = incidentKeyOf(settings.dedupKey, delivery, KEY_CHARS_MAX);
  const { tags: _joined, ...facts } = factsOf(alert);
  return {
    status: dedupKey !== undefined && isResolved(alert) ? 'resolved' : 'firing',
    title: inert(titleOf(alert, TITLE_CHARS_MAX)),
    description: escapeMarkdown(summaryOf(delivery, DESCRIPTION_CHARS_MAX)),
    deduplication_key: dedupKey ?? key,
    metadata: {
      ...fittingDetails({ ...facts, tags: alert.tags, time: alert.time }, FIELDS_BYTES_MAX),
      fields: fittingDetails(alert.fields, FIELDS_BYTES_MAX),
    },
  };
}
