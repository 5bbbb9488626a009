import { defineOutput, type Delivery } from '../../src/output/define.ts';
import { keepSession } from '../../src/output/session.ts';
import { openStream } from '../../src/output/stream-session.ts';
import { lineOf } from './payload.ts';
import { mistakesIn, schema, targetOf } from './settings.ts';

export default defineOutput({
  id: 'logstash',
  title: 'Logstash',
  category: 'logs',
  summary: 'Sends alerts to the TCP input of Logstash, one line of JSON each.',
  schema,
  validate: mistakesIn,
  example: { address: 'logstash.example.org:5044', tags: ['falco'], confirm: true },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  acknowledged: false,
  open({ settings, network }) {
    const stream = {
      target: { ...targetOf(settings), tls: !settings.plaintext },
      confirm: settings.confirm,
      textOf: (delivery: Delivery) => lineOf(delivery, settings),
    };
    return Promise.resolve(keepSession({ open: (signal) => openStream(stream, network, signal) }));
  },
});
