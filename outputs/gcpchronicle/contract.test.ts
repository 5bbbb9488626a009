import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { startGoogleAccount } from '../../test/support/google-account.ts';
import chronicle from './index.ts';

const google = await startGoogleAccount();
const settings = (endpoint: string) => ({
  project: 'planted-project',
  region: 'eu',
  instance: 'planted-instance',
  credentials: google.key,
  endpoint,
});

interface Log {
  readonly data: string;
  readonly logEntryTime: string;
  readonly collectionTime: string;
}

httpContract(chronicle, {
  settings,
  accepted: () => ({ status: 200, body: '{}' }),
  check(requests, deliveries) {
    const logs = requests.flatMap(({ method, path, headers, body, bytes }) => {
      const instance = 'projects/planted-project/locations/eu/instances/planted-instance';
      const way = `/v1beta/${instance}/logTypes/FALCO_IDS/logs:import`;
      assert.equal(`${method} ${path}`, `POST ${way}`);
      assert.equal(headers['authorization'], `Bearer ${google.accessToken}`);
      assert.ok(bytes.length <= 4_000_000);
      return (JSON.parse(body) as { inlineSource: { logs: Log[] } }).inlineSource.logs;
    });
    assert.equal(logs.length, deliveries.length);
    for (const [n, { data, logEntryTime, collectionTime }] of logs.entries()) {
      const { alert } = deliveries[n]!;
      const { uuid } = JSON.parse(Buffer.from(data, 'base64').toString()) as { uuid: string };
      assert.deepEqual([uuid, logEntryTime], [alert.uuid, alert.time]);
      assert.ok(Date.parse(collectionTime) > Date.parse(logEntryTime));
    }
  },
  sendsNumbers: false,
  lookalikes: [{ status: 200 }, { status: 200, body: 'ok' }, { status: 204 }],
  oddAlerts: 100,
});

answersMean(chronicle, settings, [
  [400, { error: { status: 'INVALID_ARGUMENT' } }, 'reject/payload'],
  [403, { error: { status: 'PERMISSION_DENIED' } }, 'retry/auth'],
  [404, { error: { status: 'NOT_FOUND' } }, 'retry/client'],
  [429, { error: { status: 'RESOURCE_EXHAUSTED' } }, 'retry/rateLimited'],
  [503, { error: { status: 'UNAVAILABLE' } }, 'retry/server'],
]);
