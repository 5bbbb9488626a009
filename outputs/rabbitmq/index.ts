import { defineOutput } from '../../src/output/define.ts';
import { loadLate } from '../../src/output/load-late.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'rabbitmq',
  title: 'RabbitMQ',
  category: 'queue',
  summary: 'Publishes every alert to a queue or an exchange of RabbitMQ (AMQP 0-9-1).',
  schema,
  example: {
    address: 'rabbitmq.example.org:5671',
    username: 'falco',
    password: 'a password of that server',
    queue: 'falco-alerts',
  },
  validate: mistakesIn,
  // What no queue takes comes back whole.
  batch: { alertsMax: 500, bytesMax: 512 * 1024, waitMs: 0 },
  concurrency: 1,
  open: loadLate(() => import('./connection.ts')),
});
