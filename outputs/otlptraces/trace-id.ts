import type { Alert } from '../../src/alert.ts';
import { fieldText } from '../../src/output/fields.ts';

/**
 * The trace an alert belongs to, as Falcosidekick has it: one for each pod, else for each container,
 * else for each host. Undefined where the alert names none of them.
 */
export function traceIdOf(alert: Alert): string | undefined {
  const namespace = fieldText(alert, 'k8s.ns.name');
  const pod = fieldText(alert, 'k8s.pod.name');
  if (namespace && pod) return fnv1a128(`${namespace}:${pod}`);
  const container = fieldText(alert, 'container.id');
  if (container && container !== 'host') return fnv1a128(container);
  const hostname = fieldText(alert, 'evt.hostname');
  return hostname ? fnv1a128(hostname) : undefined;
}

const OFFSET_BASIS = 0x6c62272e07bb014262b821756295c58dn;
const PRIME = 0x0000000001000000000000000000013bn;
/** More of a name tells no more pods apart, and takes its time. */
const BYTES_MAX = 1024;

/** @see https://datatracker.ietf.org/doc/html/draft-eastlake-fnv-21 */
export function fnv1a128(text: string): string {
  let hash = OFFSET_BASIS;
  for (const byte of Buffer.from(text).subarray(0, BYTES_MAX)) {
    hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * PRIME);
  }
  return hash.toString(16).padStart(32, '0');
}
