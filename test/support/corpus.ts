import { readFileSync } from 'node:fs';

/** Alerts as Falco posts them, one a line. */
export const corpusLines: readonly string[] = readFileSync(
  new URL('../data/corpus/falco-alerts.ndjson', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n');

/**
 * What must arrive of a line, or has arrived: numbers as their literals, tags in order, and what
 * Falcosidekick does: it fills in a source, and has one of its own for its test rule. A uuid only
 * where one was given.
 */
export function contentOf(line: string): string {
  const alert = JSON.parse(line, asLiteral as Reviver) as Record<string, unknown>;
  const { rule, priority, time, output_fields: fields, hostname } = alert;
  const given = corpusLines.some((one) => one.includes(`"uuid":"${String(alert['uuid'])}"`));
  return JSON.stringify({
    ...(given && { uuid: alert['uuid'] }),
    rule,
    priority,
    time,
    fields,
    hostname,
    output: alert['output'] ?? alert['message'] ?? '',
    source: rule === 'Test rule' ? 'internal' : (alert['source'] ?? 'syscalls'),
    tags: [...((alert['tags'] ?? []) as string[])].sort(),
  });
}

type Reviver = (key: string, value: unknown) => unknown;

/**
 * Numbers as their literals (JSON.parse source text access, ES2026; its type does not tell yet), and
 * a list of numbers as its text, as which the hub passes it on.
 */
function asLiteral(_: string, value: unknown, { source }: { readonly source: string }): unknown {
  if (typeof value === 'number') return `number ${source}`;
  const isNumbers = Array.isArray(value) && value.length > 0 && value.every(isLiteral);
  return isNumbers ? `[${value.map((one) => one.slice('number '.length)).join()}]` : value;
}

function isLiteral(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('number ');
}
