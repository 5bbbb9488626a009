import { defineOutput } from '../../src/output/define.ts';
import { loadLate } from '../../src/output/load-late.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'tocsin',
  title: 'Tocsin',
  category: 'queue',
  summary: 'Forwards every alert to another hub, which has it on its own disk before it counts.',
  schema,
  example: { address: 'hub.example.org:2803', token: 'a-token-of-that-hub' },
  batch: { alertsMax: 256, bytesMax: 1024 * 1024, waitMs: 10 },
  concurrency: 2,
  validate: mistakesIn,
  // What reads .proto files takes 50 ms to load, which a hub that forwards nothing saves.
  open: loadLate(() => import('./connection.ts')),
});
