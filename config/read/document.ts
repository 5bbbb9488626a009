import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { Path, Problem } from '../problem.ts';

/**
 * A YAML text with the place of each value. The parser's own messages are not passed on, because
 * they quote the text, and the text may hold a secret.
 */
export interface ConfigDocument {
  readonly value: unknown;
  /** Undefined when nothing at or above the path is in the text. */
  locate(path: Path, at: 'key' | 'value', offset?: number): Place | undefined;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

const ALIASES_MAX = 100;
const PROBLEMS_MAX = 10;

/** Parses one YAML document. `document` is there when it is worth looking for more mistakes. */
export function parseConfig(
  text: string,
  file: string | undefined,
): { document?: ConfigDocument; problems: readonly Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    prettyErrors: false,
    lineCounter: lines,
    merge: true,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const mistakes = [...document.errors, ...document.warnings].map(syntaxMistake);
  if (mistakes.every(isHarmless)) mistakes.push(...aliasMistakes(document));
  const isUsable = mistakes.every(isHarmless);
  return {
    ...(isUsable
      ? { document: { value: document.toJS(), locate: locator(document, text, placeAt) } }
      : {}),
    problems: firstPerLine(mistakes, placeAt, file),
  };
}

/** With a key twice the rest can still be looked at. */
function isHarmless({ code }: Mistake): boolean {
  return code === 'yaml_duplicate_key';
}

interface Mistake {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly offset: number;
}

const quoteIt = 'a text that begins with one of ! & * % @ ` | > must stand in quotes';

function syntaxMistake(error: YAMLError): Mistake {
  return {
    code: 'yaml_syntax',
    message: 'this is not valid YAML',
    ...sentences[error.code],
    offset: error.pos[0],
  };
}

const sentences: Partial<Record<YAMLError['code'], Partial<Mistake>>> = {
  DUPLICATE_KEY: {
    code: 'yaml_duplicate_key',
    message: 'this key is already there',
    hint: 'keep one of them: the other would be lost without a word',
  },
  MULTIPLE_DOCS: {
    code: 'yaml_multiple_documents',
    message: 'a second YAML document begins here',
    hint: 'a configuration is one document: take out the line `---`',
  },
  TAB_AS_INDENT: { message: 'a tab cannot indent: use spaces' },
  BAD_SCALAR_START: { message: 'this character has a meaning in YAML', hint: quoteIt },
  TAG_RESOLVE_FAILED: { message: 'a `!` begins a tag, and there is no such tag', hint: quoteIt },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second key begins on this line',
    hint: 'a text with `: ` in it must stand in quotes',
  },
  BAD_INDENT: { message: 'this line is not indented like its neighbours' },
  MISSING_CHAR: {
    message: 'a character is missing here: a quote, a bracket, a comma, a space or a `:`',
  },
  BAD_DQ_ESCAPE: {
    message: 'this backslash escapes nothing YAML knows',
    hint: "write the text in single quotes ('…'), where a backslash is a backslash",
  },
};

/** Aliases and merges that cannot be resolved, or so many that it is an attack. */
function aliasMistakes(document: Document.Parsed): Mistake[] {
  const mistakes: Mistake[] = [];
  const add = (message: string, node: unknown, hint?: string): void => {
    const offset = (isNode(node) ? node.range?.[0] : undefined) ?? 0;
    mistakes.push({ code: 'yaml_alias', message, offset, ...(hint === undefined ? {} : { hint }) });
  };
  let count = 0;
  visit(document, {
    Alias(_key, node, ancestors) {
      const target = node.resolve(document);
      count += 1;
      if (target === undefined)
        add('a `*` begins an alias, and no anchor has its name', node, quoteIt);
      else if (ancestors.includes(target)) add('this alias refers to what it stands in', node);
      if (count > ALIASES_MAX) add('too many aliases', node);
      return count > ALIASES_MAX ? visit.BREAK : undefined;
    },
    Pair(_key, { key, value }) {
      if (isMergeKey(key) && !isMergeable(document, value)) add('`<<` needs a map', key);
    },
  });
  if (mistakes.length === 0 && !isResolvable(document)) {
    add('too many aliases of aliases', document.contents);
  }
  return mistakes;
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.source === '<<';
}

function isMergeable(document: Document.Parsed, value: unknown): boolean {
  const target = isAlias(value) ? value.resolve(document) : value;
  if (isSeq(target))
    return target.items.every((item) => isMap(isAlias(item) ? item.resolve(document) : item));
  return isMap(target);
}

/** The parser counts what aliases would multiply to, and throws. */
function isResolvable(document: Document.Parsed): boolean {
  try {
    document.toJS();
    return true;
  } catch {
    return false;
  }
}

/** What follows the first mistake of a line is mostly its echo. */
function firstPerLine(
  mistakes: readonly Mistake[],
  placeAt: (offset: number) => Place,
  file: string | undefined,
): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const { offset, ...mistake } of mistakes) {
    const place = placeAt(offset);
    if (byLine.has(place.line)) continue;
    byLine.set(place.line, {
      severity: 'error',
      path: '',
      ...mistake,
      ...(file === undefined ? {} : { file }),
      ...place,
    });
  }
  return [...byLine.values()].slice(0, PROBLEMS_MAX);
}

function locator(
  document: Document.Parsed,
  text: string,
  placeAt: (offset: number) => Place,
): ConfigDocument['locate'] {
  return (path, at, offset) => {
    const trail = trailOf(document, path);
    const last = trail.at(-1);
    if (last === undefined) return undefined;
    const wantsValue = at === 'value' && trail.length === path.length;
    const start = wantsValue ? valueStart(last.value, text, offset) : undefined;
    const found = start ?? (last.key ?? last.value)?.range?.[0];
    return found === undefined ? undefined : placeAt(found);
  };
}

/** The nodes along a path, as far as there are any. */
function trailOf(document: Document.Parsed, path: Path): Child[] {
  const trail: Child[] = [];
  let node: Node | null = document.contents;
  for (const step of path) {
    const child = childOf(document, node, step);
    if (child === undefined) break;
    trail.push(child);
    node = child.value;
  }
  return trail;
}

interface Child {
  readonly key?: Node;
  readonly value: Node | null;
}

function childOf(
  document: Document.Parsed,
  parent: Node | null,
  step: string | number,
): Child | undefined {
  const node = isAlias(parent) ? resolved(document, parent) : parent;
  if (isSeq(node)) {
    const value = node.items[Number(step)];
    return value === undefined ? undefined : { value: value as Node };
  }
  if (!isMap(node)) return undefined;
  const pairs = node.items as Pair<Node, Node | null>[];
  const own = pairs.findLast(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (own !== undefined) return { key: own.key, value: own.value };
  return mergedChild(document, pairs, step);
}

/** What a merge key (`<<: *defaults`) brings in. */
function mergedChild(
  document: Document.Parsed,
  pairs: readonly Pair<Node, Node | null>[],
  step: string | number,
): Child | undefined {
  const merged = pairs.find(({ key }) => isMergeKey(key))?.value ?? null;
  const sources = isSeq(merged) ? (merged.items as Node[]) : [merged];
  for (const source of sources) {
    const child = childOf(document, source, step);
    if (child !== undefined) return child;
  }
  return undefined;
}

function resolved(document: Document.Parsed, alias: Alias): Node | null {
  return alias.resolve(document) ?? null;
}

/** Where a value begins; `offset` counts only where the text is the value, letter by letter. */
function valueStart(
  node: Node | null,
  text: string,
  offset: number | undefined,
): number | undefined {
  if (!node?.range) return undefined;
  const [start, end] = node.range;
  if (!isScalar(node) || offset === undefined) return start;
  const written = text.slice(start, end);
  if (written === node.value) return start + offset;
  return written.slice(1, -1) === node.value ? start + 1 + offset : start;
}
