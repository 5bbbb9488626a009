import type { Delivery } from '../../src/output/define.ts';
import {
  type Details,
  factsOf,
  fittingDetails,
  summaryOf,
  titleOf,
} from '../../src/output/details.ts';
import { inert } from '../../src/output/inert.ts';
import { incidentKeyOf, isResolved } from '../../src/output/resolution.ts';
import type { GrafanaOnCallSettings } from './settings.ts';

/**
 * What is posted for one alert; the first keys are Falcosidekick's.
 *
 * @see https://grafana.com/docs/grafana-cloud/alerting-and-irm/irm/configure/integrations/webhooks/incoming-webhooks/oncall-webhooks
 */
export interface FormattedAlert {
  readonly alert_uid: string;
  /** `ok` resolves the group of the key. */
  readonly state: 'alerting' | 'ok';
  readonly title: string;
  readonly message: string;
  readonly details?: Details;
  readonly fields?: Details;
}

/** Ours: the reference names no limits. */
const TITLE_CHARS_MAX = 300;
const MESSAGE_CHARS_MAX = 16_000;
const KEY_CHARS_MAX = 255;
const FIELDS_BYTES_MAX = 400_000;

export function formattedAlert(
  { dedupKey, details }: GrafanaOnCallSettings,
  delivery: Delivery,
): FormattedAlert {
  const { alert } = delivery;
  const key = incidentKeyOf(dedupKey, delivery, KEY_CHARS_MAX);
  return {
    alert_uid: key ?? alert.uuid,
    state: key !== undefined && isResolved(alert) ? 'ok' : 'alerting',
    title: inert(titleOf(alert, TITLE_CHARS_MAX)),
    message: inert(summaryOf(delivery, MESSAGE_CHARS_MAX)),
    ...(details === 'all' && {
      details: fittingDetails({ ...factsOf(alert), time: alert.time }, FIELDS_BYTES_MAX),
      fields: fittingDetails(alert.fields, FIELDS_BYTES_MAX),
    }),
  };
}
