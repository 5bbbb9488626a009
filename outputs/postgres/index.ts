import { defineOutput } from '../../src/output/define.ts';
import { loadLate } from '../../src/output/load-late.ts';
import { postgresMistakes } from '../../src/output/postgres/settings.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'postgres',
  title: 'PostgreSQL',
  category: 'database',
  summary: 'Adds every alert as a row to a table of PostgreSQL.',
  schema,
  example: {
    address: 'postgres.example.org:5432',
    username: 'falco',
    password: 'a password of that role',
    database: 'security',
  },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  validate: postgresMistakes,
  open: loadLate(() => import('./connection.ts')),
});
