import type { ErrorObject } from 'ajv';
import type { Finding, Path } from '../problem.ts';
import { type Branch, type Mistake, sentenceOf } from './sentences.ts';

/** What is needed to say a mistake in words. */
export interface Described {
  /** The value that was checked, to tell indexes from keys. */
  readonly root: unknown;
  /** Where it stands in the configuration. */
  readonly base: Path;
  readonly isHidden: (path: Path) => boolean;
}

/** Turns Ajv's errors (made with `verbose`) into sentences, one per mistake. */
export function describeErrors(errors: readonly ErrorObject[], described: Described): Finding[] {
  return errors
    .filter((error) => isOwnMistake(error, errors))
    .map((error) => findingOf(error, described));
}

/** The steps of a JSON pointer (RFC 6901) into `root`. */
export function stepsOf(pointer: string, root: unknown): Path {
  let node = root;
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(node) ? Number(key) : key;
      node = (node as Record<string | number, unknown> | undefined)?.[step];
      return step;
    });
}

/** Of a failed choice (`anyOf`), either the choice is told or what is wrong in the branch meant. */
function isOwnMistake(error: ErrorObject, all: readonly ErrorObject[]): boolean {
  if (error.keyword === 'anyOf') return branchMeant(error) === undefined;
  return all.every((choice) => {
    if (choice.keyword !== 'anyOf' || !isInside(error, choice)) return true;
    const meant = branchMeant(choice);
    return meant !== undefined && error.schemaPath.startsWith(`${choice.schemaPath}/${meant}/`);
  });
}

function isInside(error: ErrorObject, choice: ErrorObject): boolean {
  return (
    error.schemaPath.startsWith(`${choice.schemaPath}/`) &&
    (error.instancePath === choice.instancePath ||
      error.instancePath.startsWith(`${choice.instancePath}/`))
  );
}

/** The branch for lists when the value is a list, the one for maps when it is a map. */
function branchMeant(choice: ErrorObject): number | undefined {
  if (typeof choice.data !== 'object' || choice.data === null) return undefined;
  const type = Array.isArray(choice.data) ? 'array' : 'object';
  const index = branchesOf(choice).findIndex((branch) => branch.type === type);
  return index === -1 ? undefined : index;
}

function branchesOf(choice: ErrorObject): readonly Branch[] {
  return choice.schema as Branch[];
}

function findingOf(error: ErrorObject, described: Described): Finding {
  const path = [...described.base, ...stepsOf(error.instancePath, described.root)];
  const schema = (error.parentSchema ?? {}) as Mistake['schema'];
  const shown = schema['x-secret'] === true || described.isHidden(path) ? undefined : error.data;
  const mistake = { params: error.params, schema, data: error.data, shown };
  const { key, ...finding } = sentenceOf(error.keyword, mistake);
  return key === undefined ? { path, ...finding } : { path: [...path, key], at: 'key', ...finding };
}
