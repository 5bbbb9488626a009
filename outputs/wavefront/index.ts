import { defineOutput } from '../../src/output/define.ts';
import { openPush } from './push.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'wavefront',
  title: 'Wavefront',
  category: 'metrics',
  summary: 'Counts alerts in Wavefront (VMware Aria Operations for Applications).',
  schema,
  example: { url: 'http://wavefront-proxy:2878' },
  batch: { alertsMax: 1000, bytesMax: 4 * 1024 * 1024, waitMs: 1000 },
  concurrency: 1,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openPush(settings, http)),
});
