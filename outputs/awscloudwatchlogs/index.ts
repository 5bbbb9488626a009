import { awsMistakes, openAws } from '../../src/output/aws.ts';
import { defineOutput } from '../../src/output/define.ts';
import { openLogStream } from './stream.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'awscloudwatchlogs',
  title: 'Amazon CloudWatch Logs',
  category: 'logs',
  summary: 'Puts alerts into a log stream of Amazon CloudWatch, many in one request.',
  schema,
  example: { logGroup: '/security/falco', region: 'eu-central-1' },
  // A request may have 1 MiB.
  batch: { alertsMax: 500, bytesMax: 900 * 1024, waitMs: 200 },
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: awsMistakes,
  open({ settings, http }) {
    return Promise.resolve(openLogStream(openAws(settings, 'logs', http), settings));
  },
});
