import type { Delivery, SingleResult } from './define.ts';

/** Hubs an alert may have passed: hubs that forward to each other must not keep it going for ever. */
const HOPS_MAX = 8;

/** How many hubs an alert has passed when this one has passed it on. */
export function hopsOf({ ingest }: Pick<Delivery, 'ingest'>): number {
  return (ingest.hops ?? 0) + 1;
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
