import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LaneRig, DELIVERED, NEVER } from '../../test/support/lane-rig.ts';
import { newAlert } from '../../test/support/store-rig.ts';
import { StoredDelivery } from './delivery.ts';

test('the same alert has the same key each time it is sent, another with its uuid has not', async () => {
  const rig = await LaneRig.start({ out: { concurrency: 4 } });
  const keys: string[] = [];
  const uuid = '00000000-0000-7000-9000-0000000000aa';
  rig.peer().answer = (deliveries, signal) => {
    keys.push(...deliveries.map(({ key }) => key));
    return NEVER(deliveries, signal);
  };
  const json = (text: string): string => `{"uuid":"${uuid}","output":"${text}"}`;
  rig.ingest(1, { uuid, json: json('exec') });
  await rig.clock.run(100);
  await rig.crash();
  await rig.clock.run(100);
  rig.peer().answer = (deliveries) => {
    keys.push(...deliveries.map(({ key }) => key));
    return DELIVERED;
  };
  // A resend from another sender, later; and another alert under the same uuid.
  rig.ingest(1, { uuid, json: json('exec'), ingest: '{"input":"grpc","agent":"falco"}' });
  rig.ingest(1, { uuid, json: json('harmless') });
  await rig.clock.run(60_000);
  await rig.runUntilDone(60_000);
  assert.match(keys[0] as string, /^[0-9a-f]{32}$/);
  const [first, ...others] = keys;
  assert.equal(new Set(keys).size, 2);
  assert.equal(others.filter((key) => key === first).length >= 2, true);
});

test('how late an alert is, is told from five minutes on', () => {
  const { json, ingest } = newAlert();
  const stored = { position: { shard: 4, n: 1 }, json, ingest, receivedAtMs: 1_000_000 };
  assert.equal(new StoredDelivery(stored, 1_000_000 + 299_999).lateMs, undefined);
  assert.equal(new StoredDelivery(stored, 1_000_000 + 300_000).lateMs, 300_000);
});
