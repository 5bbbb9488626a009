import { defineOutput } from '../../src/output/define.ts';
import { loadLate } from '../../src/output/load-late.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'kafka',
  title: 'Kafka',
  category: 'queue',
  summary: 'Produces a record for every alert to a topic of Apache Kafka.',
  schema,
  example: { brokers: ['kafka.example.org:9093'], topic: 'falco-alerts', compression: 'zstd' },
  // With keys and headers below the 1 MiB that brokers take at once.
  batch: { alertsMax: 500, bytesMax: 768 * 1024, waitMs: 20 },
  concurrency: 1,
  validate: mistakesIn,
  // What it needs takes 70 ms to load.
  open: loadLate(() => import('./connection.ts')),
});
