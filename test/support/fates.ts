import assert from 'node:assert/strict';
import type { Fate } from '../../src/queue/history.ts';
import { createQueries } from '../../src/queue/sqlite/queries.ts';
import type { LaneRig } from './lane-rig.ts';

/** What `why` says of an alert at an output; undefined where it was not for it. */
export function fateOf(rig: LaneRig, uuid: string, output: string): Fate | undefined {
  const [record] = createQueries(rig.queue.db).find(uuid);
  return record?.fates[output];
}

/**
 * `why` against what the destinations saw: never "delivered" for what did not arrive, nor "waiting"
 * for what can never come. What arrived and was then given up before it could be written down is
 * told as given up: the safe way round. Returns how often each state was told.
 */
export function checkFates(rig: LaneRig, uuids: readonly string[]): Record<string, number> {
  const states: Record<string, number> = {};
  const queries = createQueries(rig.queue.db);
  for (const uuid of uuids) {
    const [record] = queries.find(uuid);
    for (const [output, fate] of Object.entries(record?.fates ?? {})) {
      const state = fate.state === 'gap' ? fate.reason : fate.state;
      states[state] = (states[state] ?? 0) + 1;
      if (!rig.knows(output)) continue;
      const arrived = rig.peer(output).has(uuid);
      if (state === 'delivered') assert.ok(arrived, `${uuid} did not arrive at ${output}`);
      if (state === 'dead') assert.ok(!arrived, `${uuid} is dead, and arrived at ${output}`);
    }
  }
  return states;
}
