/** Picks a value out of a document; undefined where there is none. */
export type Pick = (document: unknown) => unknown;

/** A text that should be a path or a template and is not. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
}

type Step = string | number | typeof EVERY;
const EVERY = Symbol('*');

/** Elements that `[*]` gives at most. */
const ELEMENTS_MAX = 1000;
const STEPS_MAX = 32;

const NAME = String.raw`\.([A-Za-z_][\w-]*)`;
const QUOTED = String.raw`\[(?:'([^']*)'|"([^"]*)")\]`;
const INDEX = String.raw`\[(\d{1,9})\]`;
const ALL = String.raw`(\[\*\]|\.\*)`;

/**
 * Compiles a part of JSONPath (RFC 9535): `$`, `.name`, `['any name']`, `[0]`, and `[*]` for every
 * element of a list.
 *
 * @throws MappingError
 */
export function compilePath(text: string): Pick {
  const steps = stepsIn(text);
  return (document) => pick(document, steps, 0);
}

function stepsIn(text: string): Step[] {
  const step = new RegExp(`${NAME}|${QUOTED}|${INDEX}|${ALL}`, 'y');
  const steps: Step[] = [];
  step.lastIndex = 1;
  while (step.lastIndex < text.length) {
    const at = step.lastIndex;
    const found = step.exec(text);
    if (found === null) {
      const rest = JSON.stringify(text.slice(at, at + 20));
      throw new MappingError(
        `${rest} is no part of a path: write $.name, $['a name'], $[0] or [*]`,
      );
    }
    steps.push(stepOf(found));
  }
  if (steps.length > STEPS_MAX) throw new MappingError(`a path has at most ${STEPS_MAX} parts`);
  return steps;
}

function stepOf([, name, single, double, index]: RegExpExecArray): Step {
  if (index !== undefined) return Number(index);
  return name ?? single ?? double ?? EVERY;
}

function pick(value: unknown, steps: readonly Step[], from: number): unknown {
  let current = value;
  for (let at = from; at < steps.length; at += 1) {
    const step = steps[at]!;
    if (step === EVERY) {
      if (!Array.isArray(current)) return undefined;
      const elements = (current as unknown[]).slice(0, ELEMENTS_MAX);
      return elements.flatMap((one) => pick(one, steps, at + 1) ?? []).slice(0, ELEMENTS_MAX);
    }
    current = member(current, step);
  }
  return current ?? undefined;
}

function member(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value) !== (typeof step === 'number')) return undefined;
  return Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
}
