import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { below } from '../../src/output/http-url.ts';
import { fitted } from '../../src/output/rewrite.ts';
import { epochMs } from '../../src/output/time.ts';
import type { ChronicleSettings } from './settings.ts';

/** A log that is far longer than any parser reads; a request may have 4 MB. */
const LOG_BYTES_MAX = 1024 * 1024;

/** @see https://cloud.google.com/chronicle/docs/reference/rest/v1beta/projects.locations.instances.logTypes.logs/import */
export function importBody(settings: ChronicleSettings, deliveries: readonly Delivery[]): string {
  const { forwarder, format } = settings;
  return JSON.stringify({
    inlineSource: {
      logs: deliveries.map((delivery) => ({
        data: Buffer.from(
          fitted(delivery, LOG_BYTES_MAX, (one) => alertDocument(one, format)),
        ).toString('base64'),
        logEntryTime: delivery.alert.time,
        collectionTime: collectionTime(delivery),
      })),
      ...(forwarder !== undefined && {
        forwarder: `${instancePath(settings)}/forwarders/${forwarder}`,
      }),
    },
  });
}

/** When the hub took the alert in. It must be later than the alert, whose clock may be ahead. */
function collectionTime({ alert, receivedAtMs }: Delivery): string {
  return new Date(Math.max(receivedAtMs, epochMs(alert.time) + 1000)).toISOString();
}

export function importUrl(settings: ChronicleSettings): string {
  const { region, logType, endpoint = `https://chronicle.${region}.rep.googleapis.com` } = settings;
  return below(endpoint, `/v1beta/${instancePath(settings)}/logTypes/${logType}/logs:import`);
}

function instancePath({ project, region, instance }: ChronicleSettings): string {
  return `projects/${project}/locations/${region}/instances/${instance}`;
}
