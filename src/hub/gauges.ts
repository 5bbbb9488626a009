import type { Lane } from '../queue/queue.ts';
import type { Hub } from './hub.ts';
import { tellSilentSensors } from './silent-sensors.ts';

/** Gauges that are measured rather than counted, and what the hub must raise by itself. */

const MEASURE_MS = 5000;
/** A full count of what waits reads the queue: it takes at most a twentieth of the time. */
const COUNT_SHARE = 1 / 20;
const COUNT_EVERY_MS_MAX = 60_000;
const EXPIRY_WARNING_MS = 14 * 24 * 60 * 60 * 1000;

interface Seen {
  /** Lanes of removed outputs, as last counted. */
  orphans: readonly Lane[];
}

export function watchGauges(hub: Hub): () => void {
  const seen: Seen = { orphans: [] };
  const measuring = setInterval(() => measure(hub, seen), MEASURE_MS);
  measure(hub, seen);
  const stopCounting = countAgainAndAgain(hub, seen);
  return () => {
    clearInterval(measuring);
    stopCounting();
  };
}

function countAgainAndAgain(hub: Hub, seen: Seen): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const countOnce = async (): Promise<void> => {
    const startedMs = performance.now();
    await count(hub, seen);
    const wantedMs = (performance.now() - startedMs) / COUNT_SHARE;
    const waitMs = Math.min(COUNT_EVERY_MS_MAX, Math.max(MEASURE_MS, wantedMs));
    if (!isStopped) timer = setTimeout(() => void countOnce(), waitMs);
  };
  void countOnce();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

function measure(hub: Hub, seen: Seen): void {
  const { metrics, keep } = hub;
  metrics.queueBytes.set(keep.sqlite?.usedBytes() ?? 0);
  metrics.queueBytesMax.set(keep.bytesMax);
  for (const level of ['volume', 'node', 'container', 'memory']) {
    metrics.durability.set({ level }, level === keep.durability ? 1 : 0);
  }
  showStates(hub, seen);
  warnOfExpiry(hub);
  tellSilentSensors(hub, Date.now());
}

function showStates({ metrics, engine, loaded }: Hub, { orphans }: Seen): void {
  metrics.state.reset();
  metrics.oldest.reset();
  for (const { name, type, status } of engine.statuses()) {
    metrics.state.set({ output: name, type, state: status.state }, 1);
    const oldestMs = status.oldestReceivedAtMs;
    const ageMs = oldestMs === undefined ? 0 : Date.now() - oldestMs;
    metrics.oldest.set({ output: name }, Math.max(0, ageMs) / 1000);
  }
  const others = [
    ...orphans.map(({ name, type }) => ({ name, type, state: 'orphan' })),
    ...loaded.misconfigured.map(({ name, type }) => ({ name, type, state: 'misconfigured' })),
    ...loaded.unavailable.map(({ name }) => ({ name, type: name, state: 'unavailable' })),
  ];
  for (const { name, type, state } of others) metrics.state.set({ output: name, type, state }, 1);
}

function warnOfExpiry(hub: Hub): void {
  const expiring = hub.doors.certificatesNotAfter();
  const firstMs = Math.min(...expiring.map((notAfter) => notAfter.getTime()));
  hub.metrics.certificateNotAfter.set(Number.isFinite(firstMs) ? firstMs / 1000 : 0);
  for (const notAfter of expiring) {
    if (notAfter.getTime() - Date.now() > EXPIRY_WARNING_MS) continue;
    hub.own.raise({
      rule: 'Tocsin: certificate about to expire',
      about: notAfter.toISOString(),
      priority: 'warning',
      text: `The certificate of this hub expires at ${notAfter.toISOString()}.`,
    });
  }
}

async function count(hub: Hub, seen: Seen): Promise<void> {
  const { metrics, keep } = hub;
  try {
    const ledger = await keep.queue.ledger();
    // What of a removed output is given up in the end has no place here any more.
    metrics.deadLetters.reset();
    metrics.depth.reset();
    metrics.mismatch.reset();
    seen.orphans = ledger.filter(({ state }) => state === 'orphan').map(({ lane }) => lane);
    for (const { lane, state, waiting, retry, dead, mismatch } of ledger) {
      if (state === 'dropped') continue;
      metrics.deadLetters.set({ output: lane.name }, dead);
      metrics.depth.set({ output: lane.name }, waiting + retry);
      metrics.mismatch.set({ output: lane.name }, mismatch);
      if (mismatch === 0) continue;
      hub.options.log.error({ output: lane.name, mismatch }, 'The ledger does not add up.');
    }
  } catch (error) {
    hub.options.log.warn({ error: (error as Error).message }, 'The queue could not be counted.');
  }
}
