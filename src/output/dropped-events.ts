import { Type } from 'typebox';
import { type Alert, isAtLeast, PRIORITIES, type Priority } from '../alert.ts';
import { textOrNumber } from './fields.ts';

/**
 * What Falco's alerts "syscall event drop" are worth. Their rule has one priority, whether Falco
 * missed one event or a million; the fields `n_drop…` count them.
 *
 * @see https://falco.org/docs/event-sources/kernel/dropped-events
 */

/** Settings of an output that raises an alert's priority so, and puts the threshold for the count. */
export const dropSettings = {
  dropThresholds: Type.Array(
    Type.Object(
      {
        above: Type.Integer({ description: 'More events than this were dropped.', minimum: 0 }),
        priority: Type.Enum([...PRIORITIES], { description: 'The alert has this priority.' }),
      },
      { additionalProperties: false },
    ),
    {
      description:
        'What Falco\'s alerts "syscall event drop" are worth: the fields `n_drop…` count events that Falco missed. The label is the threshold (`>1000`), so that it does not change with each count; the priority is raised to that of the first threshold below the count.',
      maxItems: 32,
      default: [
        { above: 10_000, priority: 'critical' },
        { above: 1000, priority: 'critical' },
        { above: 100, priority: 'critical' },
        { above: 10, priority: 'warning' },
        { above: 1, priority: 'warning' },
      ],
    },
  ),
  dropPriority: Type.Enum([...PRIORITIES], {
    description: 'The least priority where events were dropped and no threshold is below.',
    default: 'critical',
  }),
};

interface DropSettings {
  readonly dropThresholds: readonly { readonly above: number; readonly priority: Priority }[];
  readonly dropPriority: Priority;
}

interface DroppedEvents {
  /** By the names of the fields: the threshold that a count is above, else the count. */
  readonly counts: Readonly<Record<string, string>>;
  /** That of the alert, raised to what the counts are worth. */
  readonly priority: Priority;
}

/** Whether a field is one of Falco's counts of dropped events. */
export function isDropCount(name: string): boolean {
  return name.startsWith('n_drop');
}

/** Reads the counts of an alert; what is no whole number of 64 bits is none. */
export function droppedEvents(
  settings: DropSettings,
  { fields, priority }: Pick<Alert, 'fields' | 'priority'>,
): DroppedEvents {
  const worths = Object.entries(fields)
    .filter(([name]) => isDropCount(name))
    .flatMap(([name, value]) => {
      const text = textOrNumber(value) ?? '';
      return COUNT.test(text) ? [{ name, ...worthOf(settings, text) }] : [];
    });
  return {
    counts: Object.fromEntries(worths.map(({ name, count }) => [name, count])),
    priority: worths.reduce((most, worth) => moreSevere(most, worth.priority), priority),
  };
}

/** As Go's `ParseInt` takes it. */
const COUNT = /^[+-]?\d{1,19}$/;

function worthOf(
  { dropThresholds, dropPriority }: DropSettings,
  text: string,
): { readonly count: string; readonly priority: Priority } {
  const count = BigInt(text.replace('+', ''));
  if (count === 0n) return { count: '0', priority: 'warning' };
  const hit = dropThresholds
    .toSorted((a, b) => b.above - a.above)
    .find(({ above }) => count > BigInt(above));
  return hit === undefined
    ? { count: text, priority: dropPriority }
    : { count: `>${hit.above}`, priority: hit.priority };
}

function moreSevere(one: Priority, other: Priority): Priority {
  return isAtLeast(one, other) ? one : other;
}
