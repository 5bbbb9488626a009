import { defineOutput } from '../../src/output/define.ts';
import { openPush } from './push.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'spyderbat',
  title: 'Spyderbat',
  category: 'logs',
  summary: 'Sends alerts to Spyderbat, which lays them beside what it sees of the same hosts.',
  schema,
  example: { organization: 'aBcDeFgHiJ', apiKey: 'an API key of that organization' },
  batch: { alertsMax: 100, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openPush(settings, http)),
});
