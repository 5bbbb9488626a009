import type { Alert } from '../../src/alert.ts';
import { fromPriority } from '../../src/output/by-priority.ts';
import type { Delivery } from '../../src/output/define.ts';
import { type Details, factsOf, fittingDetails, summaryOf } from '../../src/output/details.ts';
import { oneLine, truncate } from '../../src/output/format.ts';
import { incidentKeyOf, isResolved } from '../../src/output/resolution.ts';
import type { PagerDutySettings } from './settings.ts';

/**
 * What is posted for one alert; keys and their order are Falcosidekick's.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview (limits of the request)
 * @see https://developer.pagerduty.com/docs/send-alert-event (fields and their limits)
 */
export interface PagerDutyBody {
  readonly routing_key: string;
  readonly dedup_key?: string;
  readonly event_action: 'trigger' | 'resolve';
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: Severity;
    readonly timestamp: string;
    readonly class?: string;
    readonly custom_details: Details;
  };
}

type Severity = Exclude<PagerDutySettings['severity'], 'priority'>;

const SUMMARY_CHARS_MAX = 1024;
const DEDUP_KEY_CHARS_MAX = 255;
const SHORT_TEXT_CHARS_MAX = 255;
/** A request may have 512 KB; what stands beside the details is below 20. */
const DETAILS_BYTES_MAX = 480_000;

export function pagerDutyBody(settings: PagerDutySettings, delivery: Delivery): PagerDutyBody {
  const { alert } = delivery;
  const dedupKey = incidentKeyOf(settings.dedupKey, delivery, DEDUP_KEY_CHARS_MAX);
  const { severity, source = alert.hostname || alert.source } = settings;
  return {
    routing_key: settings.routingKey,
    ...(dedupKey !== undefined && { dedup_key: dedupKey }),
    // PagerDuty refuses an end of nobody knows what.
    event_action: dedupKey !== undefined && isResolved(alert) ? 'resolve' : 'trigger',
    payload: {
      summary: summaryOf(delivery, SUMMARY_CHARS_MAX),
      source: shortText(source),
      severity: severity === 'priority' ? SEVERITIES[alert.priority] : severity,
      // As Falcosidekick writes it: whole seconds.
      timestamp: alert.time.replace(/\.\d+/, ''),
      ...(settings.details === 'all' && { class: shortText(alert.rule) }),
      custom_details: fittingDetails(
        { ...alert.fields, ...facts(settings, alert) },
        DETAILS_BYTES_MAX,
      ),
    },
  };
}

const SEVERITIES = fromPriority({
  debug: 'info',
  warning: 'warning',
  error: 'error',
  critical: 'critical',
});

function shortText(text: string): string {
  return truncate(oneLine(text), SHORT_TEXT_CHARS_MAX);
}

/** They win over fields of the same name, which anybody can make. */
function facts({ details }: PagerDutySettings, alert: Alert): Details {
  const { hostname } = alert;
  if (details === 'all') return factsOf(alert);
  return hostname === '' ? {} : { hostname };
}
