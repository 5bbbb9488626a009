import { defineOutput } from '../../src/output/define.ts';
import { otlpMistakes } from '../../src/output/otlp/settings.ts';
import { openCounts } from './counts.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'otlpmetrics',
  title: 'OpenTelemetry metrics',
  category: 'metrics',
  summary: 'Counts alerts by rule, priority and host, by OTLP over HTTP.',
  schema,
  example: { url: 'http://otel-collector:4318' },
  batch: { alertsMax: 500, bytesMax: 4 * 1024 * 1024, waitMs: 1000 },
  concurrency: 1,
  validate: otlpMistakes,
  open: ({ settings, http }) => Promise.resolve(openCounts(settings, http)),
});
