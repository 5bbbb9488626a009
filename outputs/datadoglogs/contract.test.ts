import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { Delivery } from '../../src/output/define.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import type { Received } from '../../test/contract/server.ts';
import datadoglogs from './index.ts';

const KEY = 'planted0key0000000000000planted0';
const settings = (origin: string) => ({ apiKey: KEY, url: `${origin}/api/v2/logs` });

interface Log {
  readonly ddsource: string;
  readonly ddtags: string;
  readonly hostname?: string;
  readonly status: string;
  readonly timestamp?: number;
  readonly message: string;
}

function textOf({ headers, bytes }: Received): string {
  const isZipped = headers['content-encoding'] === 'gzip';
  return (isZipped ? gunzipSync(bytes) : bytes).toString();
}

function check(requests: readonly Received[], deliveries: readonly Delivery[]): void {
  const logs = requests.flatMap((request) => {
    assert.equal(request.method, 'POST');
    assert.equal(request.path, '/api/v2/logs');
    assert.equal(request.headers['dd-api-key'], KEY);
    assert.equal(request.headers['content-type'], 'application/json');
    const text = textOf(request);
    assert.ok(Buffer.byteLength(text) <= 5_000_000);
    const batch = JSON.parse(text) as Log[];
    assert.ok(batch.length <= 1000);
    return batch;
  });
  assert.equal(logs.length, deliveries.length);
  for (const [n, log] of logs.entries()) {
    const { alert } = deliveries[n] as Delivery;
    assert.ok(Buffer.byteLength(JSON.stringify(log)) <= 1_000_000);
    const {
      uuid,
      time,
      tags = [],
    } = JSON.parse(log.message) as {
      uuid: string;
      time: string;
      tags?: string[];
    };
    assert.deepEqual([uuid, time], [alert.uuid, alert.time]);
    // The alert is months old: Datadog would drop it under its own time.
    assert.equal(log.timestamp, undefined);
    assert.ok(tags.includes('late'));
    assert.equal(log.ddtags.split(',').length, new Set([...alert.tags, 'late']).size);
    assert.doesNotMatch(log.ddtags + log.hostname, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
  }
}

for (const compress of [false, true]) {
  httpContract(datadoglogs, {
    variant: compress ? 'compressed' : 'plain',
    settings: (origin) => ({ ...settings(origin), compress }),
    accepted: () => ({ status: 202, body: '{}' }),
    check,
    sendsNumbers: !compress,
    lookalikes: [{ status: 200 }, { status: 200, body: 'ok' }, { status: 200, body: '{"a":1}' }],
    oddAlerts: 100,
  });
}

answersMean(datadoglogs, settings, [
  [202, '{}', 'delivered'],
  [200, '{}', 'delivered'],
  [400, { errors: [{ status: '400', title: 'Bad Request' }] }, 'reject/payload'],
  [401, { errors: [{ status: '401', title: 'Unauthorized' }] }, 'retry/auth'],
  [403, { errors: [{ status: '403', title: 'Forbidden' }] }, 'retry/auth'],
  [408, '', 'retry/timeout'],
  [413, '', 'reject/payload'],
  [429, '', 'retry/rateLimited'],
  [503, '', 'retry/server'],
]);
