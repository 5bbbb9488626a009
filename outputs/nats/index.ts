import { defineOutput } from '../../src/output/define.ts';
import { loadLate } from '../../src/output/load-late.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'nats',
  title: 'NATS',
  category: 'queue',
  summary: 'Publishes every alert to a subject of NATS: to a JetStream stream, or to who listens.',
  schema,
  example: {
    servers: ['nats.example.org:4222'],
    username: 'falco',
    password: 'a password of that server',
  },
  validate: mistakesIn,
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  open: loadLate(() => import('./connection.ts')),
});
