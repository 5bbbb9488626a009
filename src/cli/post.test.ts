import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { startClient, startDestination } from '../../test/support/http-destination.ts';
import { post } from './post.ts';

/** How long a hub that always refuses is waited for, each time. */
async function waitsFor(t: TestContext, headers: Record<string, string>): Promise<number[]> {
  const hub = await startDestination(t, (response) => {
    response.writeHead(503, headers);
    response.end();
  });
  const waits: number[] = [];
  const options = {
    http: startClient(t),
    url: hub.origin,
    token: undefined,
    tally: { accepted: 0, duplicate: 0, rejected: 0 },
    onRejection: () => undefined,
    wait: async (waitMs: number) => void waits.push(waitMs),
  };
  const batch = [{ json: Buffer.from('{}'), place: 'line 7' }];
  await assert.rejects(post(options, batch), /stopped at line 7/);
  return waits;
}

suite('the wait for a hub that is full', () => {
  test('is what it asks for, within bounds', async (t) => {
    assert.deepEqual(new Set(await waitsFor(t, { 'retry-after': '7' })), new Set([7000]));
    assert.deepEqual(new Set(await waitsFor(t, { 'retry-after': '3600' })), new Set([60_000]));
    assert.deepEqual(new Set(await waitsFor(t, { 'retry-after': '0' })), new Set([100]));
  });

  test('doubles up to a minute where it does not say, and ends', async (t) => {
    const seconds = [1, 2, 4, 8, 16, 32, 60, 60, 60];
    for (const headers of [{}, { 'retry-after': 'soon' }]) {
      assert.deepEqual(
        await waitsFor(t, headers),
        seconds.map((count) => count * 1000),
      );
    }
  });
});
