import { defineOutput } from '../../src/output/define.ts';
import { loadLate } from '../../src/output/load-late.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'mqtt',
  title: 'MQTT',
  category: 'queue',
  summary: 'Publishes every alert to a topic of an MQTT broker, version 5 or 3.1.1.',
  schema,
  validate: mistakesIn,
  example: {
    address: 'mqtt.example.org:8883',
    topic: 'falco/<priority>/<rule>',
    username: 'falco',
    password: 'a password of that broker',
  },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  open: loadLate(() => import('./connection.ts')),
});
