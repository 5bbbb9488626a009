import type { Delivery, SendResult, SingleResult } from './define.ts';
import { sendEach } from './each.ts';
import { resultOfError } from './http-result.ts';
import { endingAgentOf } from './resolution.ts';
import { unsure } from './verdicts.ts';

/** Hubs an alert may have passed: hubs that forward to each other must not keep it going for ever. */
const HOPS_MAX = 8;

/** How many hubs an alert has passed when this one has passed it on. */
export function hopsOf({ ingest }: Pick<Delivery, 'ingest'>): number {
  return (ingest.hops ?? 0) + 1;
}

/** What a request tells another hub of the way of its alerts: they all have come the same. */
export function wayHeaders(delivery: Pick<Delivery, 'ingest'>): Readonly<Record<string, string>> {
  const readAs = endingAgentOf(delivery.ingest);
  return {
    'tocsin-hops': String(hopsOf(delivery)),
    ...(readAs !== undefined && { 'tocsin-read-as': readAs }),
  };
}

/** The end of an alert that goes in a circle; undefined where it may go on to another hub. */
export function rejectedLoop(delivery: Pick<Delivery, 'ingest'>): SingleResult | undefined {
  return hopsOf(delivery) > HOPS_MAX ? LOOP : undefined;
}

const LOOP: SingleResult = {
  outcome: 'reject',
  reason: 'client',
  detail: `loop: the alert has passed ${HOPS_MAX} hubs; look for hubs that forward to each other`,
};

/** As `sendEach`, to what may be another hub, or lead to one. */
export function sendEachOnward(
  deliveries: readonly Delivery[],
  send: (delivery: Delivery) => Promise<SingleResult>,
): Promise<SendResult> {
  return sendEach(deliveries, async (delivery) => rejectedLoop(delivery) ?? send(delivery));
}

/**
 * Sends alerts that have come the same way together, because a request says so of all that it
 * carries; one request after the other. What comes after a failure is not tried.
 *
 * @param send One request; its alerts have come the same way, and may go on.
 */
export async function sendByWay(
  deliveries: readonly Delivery[],
  send: (same: readonly Delivery[]) => Promise<SingleResult>,
): Promise<SendResult> {
  const groups = [...Map.groupBy(deliveries, wayOf).values()];
  const results = new Map<Delivery, SingleResult>();
  let failure: SingleResult | undefined;
  for (const group of groups) {
    const loop = rejectedLoop(group[0] as Delivery);
    const result = loop ?? failure ?? (await send(group).catch(resultOfError));
    if (groups.length === 1) return result;
    if (result.outcome === 'retry') failure = result;
    const isSure = group.length === 1 || loop !== undefined;
    for (const delivery of group) results.set(delivery, isSure ? result : unsure(result));
  }
  return {
    outcome: 'partial',
    results: deliveries.map((delivery) => results.get(delivery) as SingleResult),
  };
}

function wayOf(delivery: Delivery): string {
  return JSON.stringify(wayHeaders(delivery));
}
