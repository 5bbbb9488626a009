import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { get, type HubConfig, startHub } from '../support/hub-process.ts';
import { Random } from '../support/random.ts';

const ROUNDS = 4;
const LATER_MS_MAX = 60;

test('a file that changes once more while it is loaded is loaded once more', async (t) => {
  const nowhere = { type: 'file', path: '/dev/null' };
  const configOf = (name: string): HubConfig => ({ outputs: { [name]: nowhere } });
  const hub = await startHub(t, configOf('first'));
  const random = new Random(Date.now());
  for (let round = 0; round < ROUNDS; round += 1) {
    hub.configure(configOf(`early-${round}`));
    hub.signal('SIGHUP');
    await pause(random.below(LATER_MS_MAX));
    hub.configure(configOf(`late-${round}`));
    await eventually(`late-${round} is there`, async () => {
      const { text } = await get(hub, '/metrics');
      return text.includes(`output="late-${round}"`);
    });
  }
  assert.equal(await hub.stop(), 0);
});
