import type { Priority } from '../../src/alert.ts';
import { goJson } from '../../src/json.ts';
import { alertDocument } from '../../src/output/alert-document.ts';
import { datadogTag, filed } from '../../src/output/datadog.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine } from '../../src/output/format.ts';
import { fitted } from '../../src/output/rewrite.ts';
import type { DatadogLogsSettings } from './settings.ts';

/** A log may have 1 MB, and Datadog cuts what is longer; the rest of it is below 100 KB. */
const MESSAGE_BYTES_MAX = 900_000;

/** @see https://docs.datadoghq.com/api/latest/logs/#send-logs */
export function logsBody(
  settings: DatadogLogsSettings,
  deliveries: readonly Delivery[],
  nowMs: number,
): string {
  return `[${deliveries.map((delivery) => logOf(settings, delivery, nowMs)).join(',')}]`;
}

function logOf(settings: DatadogLogsSettings, original: Delivery, nowMs: number): string {
  const { service, format, metadata } = settings;
  const { delivery, timeMs } = filed(original, settings, nowMs);
  const { hostname, tags, priority } = delivery.alert;
  const host = oneLine(hostname);
  const others = goJson({
    ddsource: 'falco',
    ...(host !== '' && { hostname: host }),
    ...(service && { service }),
    ...(tags.length > 0 && { ddtags: tags.map(datadogTag).join(',') }),
    ...(metadata === 'alert' && { status: statusOf(priority) }),
    ...(timeMs !== undefined && { timestamp: timeMs }),
  });
  const message = fitted(delivery, MESSAGE_BYTES_MAX, (one) => goJson(alertDocument(one, format)));
  return `${others.slice(0, -1)},"message":${message}}`;
}

/** @see https://docs.datadoghq.com/logs/log_configuration/processors/#log-status-remapper */
function statusOf(priority: Priority): string {
  return priority === 'informational' ? 'info' : priority;
}
