import { defineOutput } from '../../src/output/define.ts';
import { postOtlp } from '../../src/output/otlp/post.ts';
import { otlpMistakes } from '../../src/output/otlp/settings.ts';
import { tracesOf } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'otlptraces',
  title: 'OpenTelemetry traces',
  category: 'logs',
  summary:
    'Sends every alert as a span by OTLP over HTTP, in a trace for each pod, container or host.',
  schema,
  example: { url: 'http://otel-collector:4318' },
  batch: { alertsMax: 200, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 2,
  validate: otlpMistakes,
  send: (context, deliveries) =>
    postOtlp(context, 'traces', tracesOf(context.settings, deliveries)),
});
