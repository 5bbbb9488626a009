import { PRIORITIES, type Priority } from '../../alert.ts';

const BY_NAME: ReadonlyMap<unknown, Priority> = new Map<unknown, Priority>([
  ...PRIORITIES.map((priority) => [priority, priority] as const),
  ['info', 'informational'],
]);

/**
 * The priority of a name in any case; `info` is Falcosidekick's short form. Numbers are none: Falco
 * counts from Emergency up, Falcosidekick from Debug up, Elastic differently again.
 */
export function readPriority(value: unknown): Priority | undefined {
  return typeof value === 'string' ? BY_NAME.get(value.toLowerCase()) : undefined;
}
