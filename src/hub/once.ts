import { isDeepStrictEqual } from 'node:util';
import type { LoadedConfig } from '../../config/load.ts';
import type { MetricsSettings } from '../observe/alert-metrics.ts';

/** Settings that are read once, when the hub is made. */

type Config = LoadedConfig['config'];

/** What has changed of them: the queue is open, and a metric's labels cannot change. */
export function needsRestart(before: Config, after: Config): string[] {
  const differs = (pick: (config: Config) => unknown): boolean =>
    !isDeepStrictEqual(pick(before), pick(after));
  const changed: string[] = [];
  if (differs(({ queue }) => queue)) changed.push('queue');
  if (differs(({ metrics }) => metrics) || differs(fieldLabels)) changed.push('metrics');
  return changed;
}

function fieldLabels({ normalise, metrics }: Config): string[] {
  return [
    ...Object.keys(normalise.customFields),
    ...Object.keys(normalise.templatedFields),
    ...metrics.extraLabels,
  ];
}

export function metricsSettings(config: Config): MetricsSettings {
  const { seriesMax, seriesMaxAge, falcoEvents, falcoExporter, statsd, dogstatsd } = config.metrics;
  return {
    fieldLabels: fieldLabels(config),
    seriesMax,
    seriesMaxAgeMs: seriesMaxAge,
    falcoEvents,
    falcoExporter: falcoExporter !== undefined,
    byPriority: statsd !== undefined || dogstatsd !== undefined,
  };
}
