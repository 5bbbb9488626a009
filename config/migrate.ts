import { Document, isNode, type Node } from 'yaml';
import { resolveOutputs } from './check/outputs.ts';
import {
  type Finding,
  formatProblem,
  inOrder,
  type Path,
  pathId,
  type Problem,
  problemOf,
} from './problem.ts';
import { type ConfigSource, type RawConfig, readRaw } from './read/raw.ts';
import { escapeReferences } from './read/references.ts';
import { differencesOf } from './sidekick/differences.ts';
import { variableOf } from './sidekick/keys.ts';
import type { Translation } from './sidekick/translate.ts';

export type MigrateResult =
  | { readonly ok: true; readonly yaml: string; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Prints the native form of a Falcosidekick configuration. What came from a variable is written as
 * `${env:NAME}`, and so is every secret, wherever it stood: the text can go into version control.
 */
export async function migrate(source: ConfigSource): Promise<MigrateResult> {
  const { raw, problems } = await readRaw(source);
  if (raw?.translation === undefined)
    return { ok: false, problems: inOrder([...problems, ...native(raw)]) };
  const { secrets, findings } = await checkOutputs(raw, source.baseDirectory);
  const printed = print(raw.translation, secrets, source);
  const misconfigured = raw.notRunning.misconfigured.flatMap((output) => output.problems);
  const refused = findings.map((finding) => problemOf(finding, raw.origin));
  const all = inOrder([...problems, ...misconfigured, ...refused]);
  const header = [
    ' Translated from Falcosidekick.',
    ...section('Differences:', differencesOf(raw.translation.settings)),
    ...section('To look at:', all.map(formatProblem)),
    ...section('Variables to set, because secrets are not printed:', printed.variables),
  ];
  printed.document.commentBefore = header.join('\n');
  return { ok: true, yaml: printed.document.toString({ lineWidth: 0 }), problems: all };
}

function native(raw: RawConfig | undefined): Problem[] {
  if (raw === undefined) return [];
  const message = 'this configuration is in the native form already';
  return [{ severity: 'error', code: 'migrate_native', message, path: '' }];
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const items = lines.map((line) => ` - ${line.replaceAll('\n', '\n   ')}`);
  return ['', ` ${title}`, ...items];
}

/** Which values a schema marks as secrets is found out by checking, as when the hub starts. */
async function checkOutputs(
  raw: RawConfig,
  baseDirectory: string,
): Promise<{ secrets: ReadonlySet<string>; findings: readonly Finding[] }> {
  const secrets = new Set<string>();
  const outputs = (raw.value['outputs'] ?? {}) as Record<string, unknown>;
  const { refused } = await resolveOutputs(outputs, {
    baseDirectory,
    isHidden: (path) => raw.origin.isHidden(path),
    onSecret: (_text, path) => secrets.add(pathId(path)),
    onFile: () => undefined,
  });
  return { secrets, findings: refused.flatMap(({ findings }) => findings) };
}

interface Printed {
  readonly document: Document;
  /** Variables that do not exist yet, and what belongs into them. */
  readonly variables: readonly string[];
}

function print(
  { value, keys, settings }: Translation,
  secrets: ReadonlySet<string>,
  { env }: ConfigSource,
): Printed {
  const variables: string[] = [];
  const comments: { path: Path; text: string }[] = [];
  const leaf = (content: unknown, path: Path, key: string): unknown => {
    const source = settings.sources.get(key);
    const variable = source?.kind === 'env' ? source.name : undefined;
    if (variable !== undefined && env[variable] === content) return `\${env:${variable}}`;
    if (secrets.has(pathId(path))) {
      const name = freshVariable(key, path);
      variables.push(`${name}: ${key}${variable === undefined ? '' : ` (in ${variable})`}`);
      return `\${env:${name}}`;
    }
    if (variable !== undefined) comments.push({ path, text: ` from ${variable}` });
    return typeof content === 'string' ? escapeReferences(content) : content;
  };
  const descend = (node: unknown, path: Path, above: string): unknown => {
    const key = keys.get(pathId(path)) ?? above;
    if (Array.isArray(node)) return node.map((item, index) => descend(item, [...path, index], key));
    if (typeof node !== 'object' || node === null) return leaf(node, path, key);
    return Object.fromEntries(
      Object.entries(node).map(([name, child]) => [name, descend(child, [...path, name], key)]),
    );
  };
  const document = new Document(descend(value, [], ''));
  for (const { path, text } of comments) {
    const node = document.getIn(path, true);
    if (isNode(node)) (node as Node).comment = text;
  }
  return { document, variables };
}

/** SLACK_WEBHOOKURL; for an entry of a map WEBHOOK_CUSTOMHEADERS_AUTHORIZATION. */
function freshVariable(key: string, path: Path): string {
  const last = String(path.at(-1)).replaceAll(/\W/g, '_').toUpperCase();
  const isEntry = path.length > 3;
  return isEntry ? `${variableOf(key)}_${last}` : variableOf(key);
}
