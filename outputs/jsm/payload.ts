import type { Delivery } from '../../src/output/define.ts';
import { type OpsAlert, opsAlert } from '../../src/output/ops-alert.ts';
import type { JsmSettings } from './settings.ts';

export type JsmAlert =
  | OpsAlert
  | (Omit<OpsAlert, 'details'> & { readonly extraProperties: OpsAlert['details'] });

/**
 * What is posted for one alert. Integrations call its details as Opsgenie does, the site's own API
 * calls them extraProperties.
 *
 * @see https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v1/api-group-integration-events
 * @see https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v2/api-group-alerts
 */
export function jsmAlert(settings: JsmSettings, delivery: Delivery): JsmAlert {
  const { details, ...alert } = opsAlert(settings, delivery);
  return settings.apiKey === undefined
    ? { ...alert, extraProperties: details }
    : { ...alert, details };
}
