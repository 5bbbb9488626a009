import { Failure } from './errors.ts';

/** What one template may use. The defaults are far above any template seen in the field. */
export interface TemplateLimits {
  /** Length of the source, in characters. */
  readonly sourceLengthMax: number;
  /** Size in UTF-8 of the result, and of every text made on the way to it. */
  readonly outputBytesMax: number;
  /** Work of one execution: a step is an evaluation, or 32 characters looked at. */
  readonly stepsMax: number;
  /** Levels of blocks, parentheses, template calls and nested data, together. */
  readonly depthMax: number;
}

export const DEFAULT_LIMITS: TemplateLimits = {
  sourceLengthMax: 65_536,
  outputBytesMax: 65_536,
  stepsMax: 100_000,
  depthMax: 100,
};

/** Counts what one execution uses up; throws `template_limit` when it is too much. */
export interface Budget {
  readonly limits: TemplateLimits;
  /** Pays for `steps`, and for looking at `characters`. */
  charge(steps: number, characters?: number): void;
  enter(): void;
  leave(): void;
}

export function createBudget(limits: TemplateLimits): Budget {
  let stepsLeft = limits.stepsMax;
  let depth = 0;
  return {
    limits,
    charge(steps, characters = 0) {
      stepsLeft -= steps + Math.floor(characters / CHARACTERS_PER_STEP);
      if (stepsLeft < 0) {
        throw limitFailure(`takes more than ${limits.stepsMax} steps`, 'loop over less');
      }
    },
    enter() {
      depth += 1;
      if (depth > limits.depthMax) {
        throw limitFailure(`nests deeper than ${limits.depthMax} levels`, 'nest less');
      }
    },
    leave() {
      depth -= 1;
    },
  };
}

/** Escaping or replacing so many takes about as long as evaluating a field. */
const CHARACTERS_PER_STEP = 32;

/** Collects text up to `outputBytesMax`. */
export interface Writer {
  write(text: string): void;
  text(): string;
}

export function createWriter(budget: Budget): Writer {
  const { outputBytesMax } = budget.limits;
  let text = '';
  let bytes = 0;
  return {
    write(piece) {
      budget.charge(0, piece.length);
      bytes += Buffer.byteLength(piece);
      if (bytes > outputBytesMax) {
        throw limitFailure(`makes a text of more than ${outputBytesMax} bytes`, 'use trunc');
      }
      text += piece;
    },
    text: () => text,
  };
}

/** A value as it is, when it is no text that is larger than one may be. */
export function bounded(budget: Budget, value: unknown): unknown {
  if (typeof value === 'string') createWriter(budget).write(value);
  return value;
}

function limitFailure(problem: string, remedy: string): Failure {
  return new Failure(`the template ${problem}; ${remedy}`, 'template_limit');
}
