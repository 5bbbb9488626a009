import {
  compileMappingMatch,
  compileText,
  createMapping,
  type Mapping,
  type MappingSettings,
} from '../../src/ingest/mapping/mapping.ts';
import { compilePath, MappingError } from '../../src/ingest/mapping/path.ts';
import { ExpressionError } from '../../src/route/errors.ts';
import { TemplateError } from '../../src/template/index.ts';
import type { Finding, Path } from '../problem.ts';

/** Compiles the mappings, or says everything that is wrong with them. */
export function resolveMappings(
  settings: Readonly<Record<string, MappingSettings>>,
  isHidden: (path: Path) => boolean,
): { readonly mappings?: readonly Mapping[]; readonly findings: readonly Finding[] } {
  const entries = Object.entries(settings);
  const findings = entries.flatMap(([name, mapping]) =>
    textsIn(mapping).flatMap(
      ([keys, text]) => mistakeOf(text, ['ingest', 'mappings', name, ...keys], isHidden) ?? [],
    ),
  );
  if (findings.length > 0) return { findings };
  return { mappings: entries.map(([name, mapping]) => createMapping(name, mapping)), findings };
}

/** Settings that are compiled, by their place in the mapping. */
function textsIn(mapping: MappingSettings): (readonly [keys: Path, text: string])[] {
  const { tags, fields, ...others } = mapping;
  const own = Object.entries(others).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && entry[0] !== 'defaultPriority',
  );
  return [
    ...own.map(([key, text]) => [[key], text] as const),
    ...tags.map((text, at) => [['tags', at], text] as const),
    ...Object.entries(fields).map(([key, text]) => [['fields', key], text] as const),
  ];
}

function mistakeOf(
  text: string,
  path: Path,
  isHidden: (path: Path) => boolean,
): Finding | undefined {
  const key = path[3];
  try {
    if (key === 'match') compileMappingMatch(text);
    else if (key === 'split') compileSplit(text);
    else compileText(text);
    return undefined;
  } catch (error) {
    return findingOf(error, path, isHidden(path));
  }
}

/** Where the list of events is; a template makes a text, and no list. */
function compileSplit(text: string): void {
  if (!text.startsWith('$')) throw new MappingError('must be a path: $.a');
  compilePath(text);
}

function findingOf(error: unknown, path: Path, isHidden: boolean): Finding {
  if (error instanceof ExpressionError) {
    const code = `mapping_${error.code}`;
    if (isHidden) return { code, message: 'this is no expression over events', path };
    const { message, hint, offset } = error;
    return { code, message, path, offset, ...(hint === undefined ? {} : { hint }) };
  }
  if (!(error instanceof MappingError || error instanceof TemplateError)) throw error;
  const code = error instanceof MappingError ? 'mapping_path' : 'mapping_template';
  return { code, message: isHidden ? 'this is no path or template' : error.message, path };
}
