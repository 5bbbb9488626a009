import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { startDestination } from '../../test/contract/server.ts';
import { openOutput } from '../../test/support/open-output.ts';
import influxdb from './index.ts';

/** One line as the reference has it: escapes within tags and texts, and nothing else. */
const LINE =
  /^events(?:,(?:\\[,= ]|[^\\,= \n])+=(?:\\[,= ]|[^\\,= \n])+)+ value="(?:\\["\\]|[^"\\\n])*",uuid="[0-9a-f-]{36}"(?:,tags="(?:\\["\\]|[^"\\\n])*")? \d+$/;

for (const [variant, own, path, authorization] of [
  [
    'v2',
    { organization: 'my org', bucket: 'b', token: 'planted-token', tagFields: ['*'] },
    '/api/v2/write?org=my+org&bucket=b&precision=ns',
    'Token planted-token',
  ],
  [
    'v1',
    { username: 'hub', password: 'planted-password' },
    '/write?db=falco&precision=ns',
    `Basic ${Buffer.from('hub:planted-password').toString('base64')}`,
  ],
] as const) {
  httpContract(influxdb, {
    variant,
    settings: (url) => ({ url, ...own }),
    accepted: () => ({ status: 204 }),
    check(requests, deliveries) {
      assert.equal(requests.length, 1);
      const { path: sent, headers, body } = requests[0]!;
      assert.equal(sent, path);
      assert.equal(headers['authorization'], authorization);
      const lines = body.trimEnd().split('\n');
      assert.equal(lines.length, deliveries.length);
      for (const line of lines) assert.match(line, LINE);
    },
    sendsNumbers: false,
    lookalikes: [{ status: 200, body: '{}' }],
    oddAlerts: 100,
  });
}

answersMean(influxdb, (url) => ({ url }), [
  [400, { error: 'unable to parse' }, 'reject/payload'],
  [400, { error: 'partial write: field type conflict: dropped=1' }, 'reject/payload'],
  [
    400,
    { error: 'partial write: max-series-per-database limit exceeded: (1) dropped=1' },
    'retry/client',
  ],
  [404, { error: 'database not found: "falco"' }, 'retry/client'],
  [401, { error: 'authorization failed' }, 'retry/auth'],
  [503, { error: 'timeout' }, 'retry/server'],
]);

test('influxdb: there are so many series and no more', async (t) => {
  const { origin, received } = await startDestination(t, () => ({ status: 204 }));
  const { send } = await openOutput(t, influxdb, { url: origin, seriesMax: 2 });
  const deliveries = ['a', 'b', 'c'].map((rule) => deliveryOf(alertWith({ rule })));
  assert.equal(verdictOf(await send(deliveries)), 'delivered');
  const [, , last] = received[0]?.body.split('\n') ?? [];
  assert.match(String(last), /^events,overflow=true,priority=Warning value=/);
});
