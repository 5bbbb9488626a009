import { type Priority, priorityTitle } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { anyValue, attributesOf, fieldTexts, resourceOf } from '../../src/output/otlp/document.ts';
import { epochNs } from '../../src/output/time.ts';
import type { OtlpLogsSettings } from './settings.ts';

type Settings = Pick<OtlpLogsSettings, 'resource' | 'fields'>;

/** One record for each alert. */
export function logsOf(settings: Settings, deliveries: readonly Delivery[]): object {
  const logRecords = deliveries.map((delivery) => recordOf(settings, delivery));
  const scopeLogs = [{ scope: { name: 'falco' }, logRecords }];
  return { resourceLogs: [{ resource: resourceOf(settings), scopeLogs }] };
}

function recordOf({ fields }: Settings, { alert, receivedAtMs }: Delivery): object {
  return {
    timeUnixNano: String(epochNs(alert.time)),
    observedTimeUnixNano: String(BigInt(receivedAtMs) * 1_000_000n),
    severityNumber: SEVERITIES[alert.priority],
    severityText: priorityTitle(alert.priority),
    body: anyValue(alert.output),
    attributes: attributesOf({
      ...(fields && fieldTexts(alert)),
      uuid: alert.uuid,
      priority: priorityTitle(alert.priority),
      source: alert.source,
      rule: alert.rule,
      hostname: alert.hostname,
      tags: alert.tags.join(','),
      timestamp: alert.time,
    }),
  };
}

/** @see https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/ (Syslog) */
const SEVERITIES: Readonly<Record<Priority, number>> = {
  emergency: 21,
  alert: 19,
  critical: 18,
  error: 17,
  warning: 13,
  notice: 10,
  informational: 9,
  debug: 5,
};
