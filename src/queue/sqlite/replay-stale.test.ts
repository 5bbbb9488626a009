import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model, SHAPE, WELL } from '../../../test/support/model.ts';

const HOUR_MS = 3_600_000;

test('alerts that a summary stood for can be sent one by one after all, and the sums still add up', async () => {
  const model = new Model(1, { chat: { ...SHAPE, staleAfterMs: HOUR_MS } });
  await model.apply();
  const chat = model.destination('chat');
  chat.mood = { ...WELL, network: 1 };
  const [lane] = [...model.ids.values()] as [number];
  const uuids = model.ingest(50, () => ({ lanes: [lane] }));
  await model.clock.run(2 * HOUR_MS);
  chat.mood = WELL;
  await model.runUntilIdle(HOUR_MS);
  const [summarised] = await model.queue.ledger();
  assert.ok((summarised?.suppressed ?? 0) >= 40, 'most of them were summarised');
  assert.equal(
    uuids.filter((uuid) => chat.arrived.has(uuid)).length,
    50 - (summarised?.suppressed ?? 0),
  );

  const replayed = model.queue.store.dead.replayStale(lane, model.clock.wallMs());
  assert.equal(replayed, summarised?.suppressed);
  await model.engine.reloadRetries(new Set([lane]));
  await model.runUntilIdle(HOUR_MS);
  await model.check();
  assert.equal((await model.queue.ledger())[0]?.suppressed, 0);
  for (const uuid of uuids) assert.equal(chat.arrived.get(uuid), 1);
});
