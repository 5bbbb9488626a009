import { resolve } from 'node:path';
import { type Finding, type Path, pathId } from '../problem.ts';
import { readTextFile } from './read-file.ts';

/**
 * `${env:NAME}` and `${file:/path}` in the strings of a configuration. `$${` stands for a literal
 * `${`. A file's one trailing newline is dropped, because editors and `echo` add it.
 */
export interface Expanded {
  /** The same tree with references replaced. */
  readonly value: unknown;
  /** What references brought in, by path (`pathId`); those values must not be quoted. */
  readonly broughtIn: ReadonlyMap<string, readonly string[]>;
  /** Absolute paths of the files that were read, or could not be. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

/** Variables of the process, or of a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable by whatever name a configuration gives: what every object has (`constructor`) is none. */
export function variableIn(env: Environment, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

const FILE_BYTES_MAX = 64 * 1024;

/** Replaces every reference below `value`. Relative paths are taken from `baseDirectory`. */
export async function expandReferences(
  value: unknown,
  context: { readonly env: Environment; readonly baseDirectory: string },
): Promise<Expanded> {
  const broughtIn = new Map<string, string[]>();
  const files = new Set<string>();
  const findings: Finding[] = [];

  const expandText = async (text: string, path: Path): Promise<string> => {
    let result = '';
    for (const piece of piecesOf(text)) {
      if (piece.kind === 'literal') {
        result += piece.text;
        continue;
      }
      if (piece.kind === 'file') files.add(resolve(context.baseDirectory, piece.name));
      const read = await readReference(piece, context);
      if (typeof read === 'string') {
        result += read;
        const id = pathId(path);
        broughtIn.set(id, [...(broughtIn.get(id) ?? []), read]);
      } else {
        findings.push({ ...read, path, offset: piece.offset });
      }
    }
    return result;
  };

  const expand = async (node: unknown, path: Path): Promise<unknown> => {
    if (typeof node === 'string') return expandText(node, path);
    if (Array.isArray(node)) {
      return Promise.all(node.map((item, index) => expand(item, [...path, index])));
    }
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      await Promise.all(
        Object.entries(node).map(
          async ([key, child]) => [key, await expand(child, [...path, key])] as const,
        ),
      ),
    );
  };

  return { value: await expand(value, []), broughtIn, files: [...files], findings };
}

/** Writes a text so that nothing in it is taken for a reference. */
export function escapeReferences(text: string): string {
  // In a replacement `$$` stands for one dollar sign.
  return text.replaceAll('${', '$$$${');
}

type Piece =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'env' | 'file' | 'unknown'; readonly name: string; readonly offset: number };

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$\$\{|\$\{(?:(env|file):([^}]*)\}|[^}]*\}?)/g)) {
    pieces.push({ kind: 'literal', text: text.slice(end, match.index) });
    const kind = match[1] as 'env' | 'file' | undefined;
    if (match[0] === '$${') pieces.push({ kind: 'literal', text: '${' });
    else pieces.push({ kind: kind ?? 'unknown', name: match[2] ?? '', offset: match.index });
    end = match.index + match[0].length;
  }
  pieces.push({ kind: 'literal', text: text.slice(end) });
  return pieces;
}

type Failure = Pick<Finding, 'code' | 'message' | 'hint'>;

function readReference(
  piece: Exclude<Piece, { kind: 'literal' }>,
  { env, baseDirectory }: { readonly env: Environment; readonly baseDirectory: string },
): Promise<string | Failure> | string | Failure {
  if (piece.kind === 'file') return readSmallFile(resolve(baseDirectory, piece.name));
  if (piece.kind === 'unknown') {
    return {
      code: 'reference_unknown',
      message: 'this reference is of no known kind',
      hint: 'write ${env:NAME}, ${file:/path}, or $${ for a literal ${',
    };
  }
  return (
    variableIn(env, piece.name) ?? {
      code: 'reference_env_missing',
      message: `the variable ${JSON.stringify(piece.name)} is not set`,
      hint: 'set it, if need be to an empty text, or take the reference out',
    }
  );
}

async function readSmallFile(file: string): Promise<string | Failure> {
  const read = await readTextFile(file, FILE_BYTES_MAX);
  if ('text' in read) return read.text.replace(/\r?\n$/, '');
  return {
    code: 'reference_file_unreadable',
    message: `cannot read ${JSON.stringify(file)}: ${read.refused}`,
  };
}
