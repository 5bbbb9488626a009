import { isAtLeast, PRIORITIES, type Priority } from '../alert.ts';
import { didYouMean } from './did-you-mean.ts';
import { ExpressionError, type ExpressionErrorCode, type Place } from './errors.ts';
import { compileExpression, type Expression } from './expression.ts';

/** What of the configuration decides who gets an alert. */
export interface RoutesConfig {
  readonly outputs: readonly {
    readonly name: string;
    readonly minimumPriority?: Priority | undefined;
  }[];
  /** Tried in order; none: every output gets what its minimumPriority lets through. */
  readonly routes: readonly {
    readonly name?: string | undefined;
    /** Absent: every alert. */
    readonly match?: string | undefined;
    readonly outputs: readonly string[];
    readonly continue: boolean;
  }[];
  /** Who gets what no route took, or where an expression failed. */
  readonly unrouted: 'all' | 'none' | readonly string[];
}

/** A mistake in the routes. */
export interface RouteProblem extends Partial<Place> {
  /** Where in the configuration: `routes[2].match`. An offset counts within that text. */
  readonly path: string;
  readonly code: ExpressionErrorCode | 'unknown_output';
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Every mistake in the routes at once. */
export class RoutesError extends Error {
  override readonly name = 'RoutesError';
  readonly problems: readonly RouteProblem[];

  constructor(problems: readonly RouteProblem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/** Routes that were found to be right. */
export interface RoutePlan {
  readonly config: RoutesConfig;
  /** One per route; undefined takes every alert. */
  readonly expressions: readonly (Expression | undefined)[];
  /** The outputs that their minimumPriority leaves. */
  readonly chosen: {
    readonly all: BySeverity;
    readonly unrouted: BySeverity;
    readonly routes: readonly BySeverity[];
  };
}

/** Names of outputs for each severity, 0 to 7. */
export type BySeverity = readonly (readonly string[])[];

/** @throws RoutesError */
export function planRoutes(config: RoutesConfig): RoutePlan {
  const problems: RouteProblem[] = [];
  const expressions = config.routes.map(({ match }, at) =>
    match === undefined ? undefined : tryCompile(match, `routes[${at}].match`, problems),
  );
  problems.push(...unknownOutputs(config));
  if (problems.length > 0) throw new RoutesError(problems);
  return { config, expressions, chosen: chooseOutputs(config) };
}

function tryCompile(text: string, path: string, problems: RouteProblem[]): Expression | undefined {
  try {
    return compileExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { code, message, offset, line, column, hint } = error;
    problems.push({ path, code, message, offset, line, column, hint });
    return undefined;
  }
}

function unknownOutputs({ outputs, routes, unrouted }: RoutesConfig): RouteProblem[] {
  const known = new Set(outputs.map(({ name }) => name));
  const named = routes.flatMap((route, at) =>
    route.outputs.map((name, place) => ({ name, path: `routes[${at}].outputs[${place}]` })),
  );
  if (typeof unrouted !== 'string') {
    named.push(...unrouted.map((name, place) => ({ name, path: `unrouted[${place}]` })));
  }
  return named
    .filter(({ name }) => !known.has(name))
    .map(({ name, path }) => {
      const near = didYouMean(name, known);
      const hint = near && `did you mean ${near}?`;
      return { path, code: 'unknown_output', message: `there is no output ${name}`, hint };
    });
}

function chooseOutputs({ outputs, routes, unrouted }: RoutesConfig): RoutePlan['chosen'] {
  const minimums = new Map(outputs.map(({ name, minimumPriority }) => [name, minimumPriority]));
  const bySeverity = (names: Iterable<string>): BySeverity => {
    const unique = [...new Set(names)];
    return PRIORITIES.map((priority) =>
      unique.filter((name) => isAtLeast(priority, minimums.get(name) ?? 'debug')),
    );
  };
  const groups = { all: minimums.keys(), none: [] };
  return {
    all: bySeverity(minimums.keys()),
    unrouted: bySeverity(typeof unrouted === 'string' ? groups[unrouted] : unrouted),
    routes: routes.map((route) => bySeverity(route.outputs)),
  };
}
