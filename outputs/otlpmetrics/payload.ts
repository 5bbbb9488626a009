import { type Alert, priorityTitle } from '../../src/alert.ts';
import { fieldText } from '../../src/output/fields.ts';
import { truncate } from '../../src/output/format.ts';
import { type Attribute, attributesOf, resourceOf } from '../../src/output/otlp/document.ts';
import type { OtlpMetricsSettings } from './settings.ts';

/** A number that only grows, since the output was opened. */
export interface Series {
  readonly attributes: readonly Attribute[];
  readonly count: number;
}

const CHARS_MAX = 256;

export function seriesAttributes(
  { attributeFields }: Pick<OtlpMetricsSettings, 'attributeFields'>,
  alert: Alert,
): readonly Attribute[] {
  const fields = attributeFields.map((name): [string, string] => [
    name.replaceAll('.', '_'),
    truncate(fieldText(alert, name) ?? '', CHARS_MAX),
  ]);
  return attributesOf({
    ...Object.fromEntries(fields),
    source: alert.source,
    priority: priorityTitle(alert.priority),
    rule: alert.rule,
    hostname: alert.hostname,
    tags: alert.tags,
  });
}

/** What OpenTelemetry's own SDKs call the rest. */
export const OVERFLOW: readonly Attribute[] = attributesOf({ 'otel.metric.overflow': 'true' });

const CUMULATIVE = 2;

export function metricsOf(
  settings: Pick<OtlpMetricsSettings, 'resource'>,
  series: readonly Series[],
  startNs: bigint,
  nowNs: bigint,
): object {
  const dataPoints = series.map(({ attributes, count }) => ({
    attributes,
    startTimeUnixNano: String(startNs),
    timeUnixNano: String(nowNs),
    asInt: String(count),
  }));
  const metric = {
    name: 'falcosecurity_falco_rules_matches_total',
    description: 'Alerts, by what they say of themselves.',
    unit: '1',
    sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true },
  };
  const scope = { name: 'falcosecurity.falco.otlpmetrics.meter' };
  const scopeMetrics = [{ scope, metrics: [metric] }];
  return { resourceMetrics: [{ resource: resourceOf(settings), scopeMetrics }] };
}
