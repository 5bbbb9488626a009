import { defineOutput } from '../../src/output/define.ts';
import { openCollector } from './collector.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'splunk',
  title: 'Splunk',
  category: 'logs',
  summary:
    'Sends alerts to the HTTP Event Collector of Splunk, and waits for its indexers if asked.',
  schema,
  example: {
    url: 'https://splunk.example.org:8088',
    token: '11111111-2222-3333-4444-555555555555',
    index: 'security',
  },
  batch: { alertsMax: 500, bytesMax: 512 * 1024, waitMs: 200 },
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openCollector(settings, http)),
});
