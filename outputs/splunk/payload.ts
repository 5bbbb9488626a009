import { goJson } from '../../src/json.ts';
import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine } from '../../src/output/format.ts';
import { epochMs } from '../../src/output/time.ts';
import type { SplunkSettings } from './settings.ts';

/** Alerts in the format of HEC, one behind the other: it takes as many as there are. */
export function hecBody(settings: SplunkSettings, deliveries: readonly Delivery[]): string {
  return deliveries.map((delivery) => hecEvent(settings, delivery)).join('\n');
}

/**
 * One alert.
 *
 * @see https://help.splunk.com/splunk-enterprise/get-data-in/collect-http-event-data/format-events-for-http-event-collector
 */
function hecEvent(settings: SplunkSettings, delivery: Delivery): string {
  const { sourcetype, index, format } = settings;
  const others = goJson({ sourcetype, ...(index && { index }), ...metadataOf(settings, delivery) });
  return `{"event":${alertDocument(delivery, format)},${others.slice(1)}`;
}

function metadataOf({ metadata, source }: SplunkSettings, delivery: Delivery): object {
  if (metadata === 'none') return source === undefined ? {} : { source };
  const { time, hostname, source: own } = delivery.alert;
  const host = oneLine(hostname);
  return {
    time: epochMs(time) / 1000,
    ...(host !== '' && { host }),
    source: source ?? oneLine(own),
  };
}
