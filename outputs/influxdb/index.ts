import { defineOutput } from '../../src/output/define.ts';
import { checkEndpoint } from '../../src/output/http-settings.ts';
import { openPush } from './push.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'influxdb',
  title: 'InfluxDB',
  category: 'database',
  summary: 'Writes every alert as a point to InfluxDB, in line protocol.',
  schema,
  example: {
    url: 'https://influxdb.example.org:8086',
    organization: 'security',
    bucket: 'falco',
    token: 'a token that may write to the bucket',
  },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  validate: checkEndpoint,
  open: ({ settings, http }) => Promise.resolve(openPush(settings, http)),
});
