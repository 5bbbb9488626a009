import { defineOutput } from '../../src/output/define.ts';
import { openConnection } from './connection.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'syslog',
  title: 'Syslog',
  category: 'logs',
  summary: 'Sends alerts to a syslog server or a SIEM, as JSON, CEF, LEEF or text.',
  schema,
  validate: mistakesIn,
  example: { address: 'syslog.example.org:6514', format: 'cef' },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  acknowledged: false,
  open: ({ settings, network }) => Promise.resolve(openConnection(settings, network)),
});
