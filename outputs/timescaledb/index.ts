import { defineOutput } from '../../src/output/define.ts';
import { loadLate } from '../../src/output/load-late.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'timescaledb',
  title: 'TimescaleDB',
  category: 'database',
  summary: "Adds every alert as a row to a hypertable with Falcosidekick's columns.",
  schema,
  example: {
    address: 'timescaledb.example.org:5432',
    username: 'falco',
    password: 'a password of that role',
    database: 'falcosidekick',
    keyColumn: 'delivery_key',
  },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  validate: mistakesIn,
  open: loadLate(() => import('./connection.ts')),
});
