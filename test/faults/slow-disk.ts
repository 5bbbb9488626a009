import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '../bench/statistics.ts';
import { OK } from '../support/checking-server.ts';
import { get, type HubProcess } from '../support/hub-process.ts';
import { createMachine, type Machine } from '../support/machine.ts';
import type { Scenario, Stage } from './matrix.ts';
import { answering, outage } from './outage.ts';

/** Every commit takes so long: alerts are answered late, and nothing else stands still. */

const PING_MS_MAX = 100;
/** The machine is busy with other scenarios: only what is absurd fails, and not once in a while. */
const ABSURD = 10;
const PING_EVERY_MS = 25;

export const slowDisk: readonly Scenario[] = [10, 500, 5000].map((flushMs) => slow(flushMs));

function slow(flushMs: number): Scenario {
  const machines = new WeakMap<Stage, Machine>();
  const pings: number[] = [];
  /** Of the same hub, before: what the machine makes of it. */
  const before: number[] = [];
  const machineIn = (stage: Stage): Machine => {
    const machine = machines.get(stage) ?? createMachine(stage);
    machines.set(stage, machine);
    return machine;
  };
  async function slowDown(hub: HubProcess, stage: Stage): Promise<void> {
    for (let n = 0; n < 5; n += 1) before.push(await ping(hub));
    machineIn(stage).set({ flushMs });
    const endMs = performance.now() + (stage.short ? 2000 : 10_000);
    while (performance.now() < endMs) {
      pings.push(await ping(hub));
      await pause(PING_EVERY_MS);
    }
    machineIn(stage).set({});
  }
  const examine = (): { broken: string[]; note: string } => {
    const msMax = Math.max(PING_MS_MAX * ABSURD, 3 * percentile(before, 0.5));
    const [p50, p99] = [percentile(pings, 0.5), percentile(pings, 0.99)];
    const note = `/ping p99 ${p99.toFixed(0)} ms, bar ${PING_MS_MAX} ms: ${(p99 / PING_MS_MAX).toFixed(2)}`;
    return { note, broken: p50 > msMax ? [`/ping took ${p50} ms`] : [] };
  };
  const name = `flush of ${flushMs} ms`;
  const scenario = outage(
    name,
    { [name]: answering(() => OK) },
    {
      place: (stage) => ({ nodeFlags: machineIn(stage).nodeFlags }),
      meanwhile: slowDown,
      examine,
    },
  );
  return { ...scenario, short: flushMs === 500 };
}

/** How long the hub took to answer, in ms. */
async function ping(hub: HubProcess): Promise<number> {
  const startedMs = performance.now();
  await get(hub, '/ping');
  return performance.now() - startedMs;
}
