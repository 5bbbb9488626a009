import { defineOutput } from '../../src/output/define.ts';
import { openPush } from './push.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'loki',
  title: 'Loki',
  category: 'logs',
  summary: 'Pushes alerts to Grafana Loki, in streams whose number is bounded.',
  schema,
  example: { url: 'https://loki.example.org:3100', tenant: 'soc' },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 200 },
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openPush(settings, http)),
});
