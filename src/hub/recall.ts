import { setTimeout as sleep } from 'node:timers/promises';
import type { Provenance } from '../alert.ts';
import { type Duplicates, WINDOW_MS } from '../ingest/duplicates.ts';
import { nameOf, type Sender } from '../ingest/admission.ts';
import { type Sensors, sensorOf, TEST_RULE } from '../ingest/sensors/sensors.ts';
import type { Logger } from '../observe/log.ts';
import type { RecentAlert } from '../queue/history.ts';

/** The newest alerts that are looked at, and how long that may take: alerts at the door wait for it. */
const ALERTS_MAX = 100_000;
const STEP = 1000;
const RECALL_MS_MAX = 300;

interface Recalled {
  readonly duplicates: Duplicates;
  readonly sensors: Sensors;
  readonly log: Logger;
}

/** The queue, where there is one. */
interface RecentSource {
  head(shard: number): number;
  recent(after: number, to: number, sinceMs: number): Promise<readonly RecentAlert[]>;
}

/**
 * Learns again from the queue what the last run knew: resends are recognised over a restart, and
 * sensors that fell silent meanwhile are missed. Nothing is written for it while alerts come in.
 */
export async function recall(
  queue: RecentSource | undefined,
  { duplicates, sensors, log }: Recalled,
): Promise<void> {
  if (queue === undefined) return;
  const sinceMs = Date.now() - WINDOW_MS;
  const late = sleep(RECALL_MS_MAX, 'late' as const, { ref: false });
  const giveUpAtMs = performance.now() + RECALL_MS_MAX;
  const head = queue.head(0);
  const provenanceOf = readProvenances();
  let hasRoom = true;
  let untilMs = 0;
  let to = head;
  const end = Math.max(0, head - ALERTS_MAX);
  // The newest first: they are the likeliest to be sent again.
  for (; to > end && performance.now() < giveUpAtMs; to -= STEP) {
    // Where the file is damaged, what cannot be read is not recognised, and the start goes on.
    const reading = queue.recent(Math.max(end, to - STEP), to, sinceMs).catch(() => []);
    const recent = await Promise.race([reading, late]);
    if (recent === 'late') break;
    untilMs = recent.reduce((latest, { receivedAtMs }) => Math.max(latest, receivedAtMs), untilMs);
    for (const alert of newestFirst(recent)) {
      const provenance = provenanceOf(alert.ingest);
      if (provenance === undefined) continue;
      const { uuid, key, receivedAtMs } = alert;
      const sender = senderOf(provenance);
      if (key !== undefined && hasRoom) {
        hasRoom = duplicates.recall(uuid, key, nameOf(sender), receivedAtMs);
      }
      hear(sensors, alert, provenance, untilMs);
    }
  }
  if (to > end) {
    const fields = { alerts: head - to, of: head - end };
    log.warn(
      fields,
      'Not all late alerts were looked at in time: resends of the others are new ones.',
    );
  }
}

function newestFirst(alerts: readonly RecentAlert[]): RecentAlert[] {
  return alerts.toSorted((one, other) => other.receivedAtMs - one.receivedAtMs);
}

/** Reads each of the few there are once. Undefined where the file is damaged: no start may fail for that. */
function readProvenances(): (ingest: string) => Provenance | undefined {
  const known = new Map<string, Provenance | undefined>();
  return (ingest) => {
    if (!known.has(ingest)) known.set(ingest, parsed(ingest));
    return known.get(ingest);
  };
}

function parsed(ingest: string): Provenance | undefined {
  try {
    return (JSON.parse(ingest) as Provenance | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function hear(
  sensors: Sensors,
  { hostname, rule, receivedAtMs }: RecentAlert,
  provenance: Provenance,
  untilMs: number,
): void {
  if (provenance.input === 'hub' || rule === TEST_RULE) return;
  const name = sensorOf(senderOf(provenance), provenance.agent, hostname);
  sensors.remember(name, receivedAtMs, untilMs);
}

function senderOf({ peer = '', identity }: Provenance): Pick<Sender, 'peer' | 'identity'> {
  return identity === undefined ? { peer } : { peer, identity };
}
