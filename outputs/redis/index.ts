import { defineOutput } from '../../src/output/define.ts';
import { loadLate } from '../../src/output/load-late.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'redis',
  title: 'Redis',
  category: 'database',
  summary: 'Adds every alert to a stream, a list or a hash of Redis or Valkey.',
  schema,
  example: { address: 'redis.example.org:6379', password: 'a password of that server' },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  validate: mistakesIn,
  open: loadLate(() => import('./connection.ts')),
});
