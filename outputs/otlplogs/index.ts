import { defineOutput } from '../../src/output/define.ts';
import { postOtlp } from '../../src/output/otlp/post.ts';
import { otlpMistakes } from '../../src/output/otlp/settings.ts';
import { logsOf } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'otlplogs',
  title: 'OpenTelemetry logs',
  category: 'logs',
  summary: 'Sends every alert as a log record by OTLP over HTTP.',
  schema,
  example: { url: 'http://otel-collector:4318' },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 2,
  validate: otlpMistakes,
  send: (context, deliveries) => postOtlp(context, 'logs', logsOf(context.settings, deliveries)),
});
