import { defineOutput } from '../../src/output/define.ts';
import { openConnection } from './connection.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'fluentd',
  title: 'Fluentd',
  category: 'logs',
  summary: 'Forwards alerts to Fluentd or Fluent Bit, which acknowledges them.',
  schema,
  validate: mistakesIn,
  example: { address: 'fluentd.example.org:24224', sharedKey: 'the shared_key of that server' },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  open: ({ settings, network }) => Promise.resolve(openConnection(settings, network)),
});
