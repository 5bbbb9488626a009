import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

/**
 * The baseline of sending: posts as many alerts as it is told to the URL it is started with, so many
 * at a time, and keeps nothing. What any client in this runtime must spend on an alert.
 */
const [url = '', concurrency = '16'] = process.argv.slice(2);
const { origin, pathname: path } = new URL(url);
const pool = new Pool(origin, { connections: Number(concurrency) });
const headers = { 'content-type': 'application/json' };
const corpus = readFileSync(new URL('../data/corpus/falco-alerts.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

process.on('message', ({ alerts }: { alerts: number }) => {
  let left = alerts;
  const sendOn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const body = corpus[left % corpus.length] as string;
      const { statusCode, body: answer } = await pool.request({
        method: 'POST',
        path,
        headers,
        body,
      });
      await answer.dump();
      if (statusCode !== 200) throw new Error(`The destination answered ${statusCode}.`);
    }
  };
  const senders = Array.from({ length: Number(concurrency) }, sendOn);
  void Promise.all(senders).then(() => process.send?.({ kind: 'sent' }));
});
process.send?.({ kind: 'ready' });
