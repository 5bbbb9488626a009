/**
 * A mistake in a configuration, told so that it can be mended without reading the source: what is
 * wrong, where, and what to do.
 */
export interface Problem {
  /** A warning does not keep the hub from starting. */
  readonly severity: 'error' | 'warning';
  /** Stable; for scripts and for looking it up. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** `outputs.soc.webhookUrl`; empty for the whole configuration. */
  readonly path: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/** One problem for a terminal: `file:line:col: error [code] path: message`, the hint below it. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined);
  const head = place.length === 0 ? '' : `${place.join(':')}: `;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const hint = problem.hint === undefined ? '' : `\n  ${problem.hint}`;
  return `${head}${problem.severity} [${problem.code}] ${path}${problem.message}${hint}`;
}

/** Steps from the root of a configuration: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

/** `['routes', 0, 'match']` as `routes[0].match`, for people. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]{1,64}$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(keyText(step))}]`;
  }
  return text;
}

/** A path as the key of a map; no two paths have the same. */
export function pathId(path: Path): string {
  return JSON.stringify(path);
}

/**
 * A key for people. In mistaken YAML a value becomes part of a key (`token:abc`, `token abc`), so a
 * key is cut at a colon and at a space.
 */
export function keyText(key: string): string {
  const [word = ''] = key.split(/[:\s]/, 1);
  return word === key && key.length <= 64 ? key : `${word.slice(0, 32)}…`;
}

/** A problem before its place in a file is known. */
export interface Finding {
  readonly severity?: 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly path: Path;
  /** Whether the key itself is wrong, or (the default) its value. */
  readonly at?: 'key' | 'value';
  /** Characters into the value, where that is known. */
  readonly offset?: number;
}

/** Where a value stands. `path` is what the reader wrote, which may not be the native path. */
export interface Placed extends Pick<Problem, 'path' | 'file' | 'line' | 'column'> {
  /** The variable or flag that set it. */
  readonly setBy?: string;
}

/** Where the values of a configuration came from. */
export interface Origin {
  place(finding: Finding): Placed;
  /** Whether a value came from a variable or another file, and so must not be quoted. */
  readonly isHidden: (path: Path) => boolean;
}

/** Gives a finding its place. */
export function problemOf(finding: Finding, origin: Origin): Problem {
  const { severity = 'error', code, message, hint } = finding;
  const { setBy, ...place } = origin.place(finding);
  return {
    severity,
    code,
    message: setBy === undefined ? message : `${message} (set by ${setBy})`,
    ...(hint === undefined ? {} : { hint }),
    ...place,
  };
}

/** Problems in the order of the file; those without a line come last. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const lineOf = ({ line = Number.POSITIVE_INFINITY }: Problem): number => line;
  const before = (a: Problem, b: Problem): number =>
    lineOf(a) === lineOf(b) ? (a.column ?? 0) - (b.column ?? 0) : lineOf(a) - lineOf(b);
  return problems.toSorted(before);
}
