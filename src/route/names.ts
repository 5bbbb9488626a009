import type { ASTNode } from '@marcbachmann/cel-js';
import { type Alert, PRIORITIES } from '../alert.ts';
import { didYouMean } from './did-you-mean.ts';
import { makeLiteral, makeTerm, refuse, type Term, type Type } from './term.ts';
import { fieldNames, type Value } from './values.ts';

/** The names an expression can use. README.md has the same as a table for people. */

/** What an alert's attribute, a priority, or a map is called. */
export function nameTerm(node: ASTNode, name: string, variables: Iterable<string>): Term {
  const attribute = ATTRIBUTES.get(name);
  if (attribute !== undefined) {
    const { type, read } = attribute;
    const isGuard = name === 'priority' || name === 'source' || name === 'rule';
    return makeTerm(
      node,
      type,
      [],
      (frame) => read(frame.alert),
      isGuard ? { attribute: name } : {},
    );
  }
  const priority = CONSTANTS.get(name);
  if (priority !== undefined) return makeLiteral(node, 'priority', priority);
  const known = [...variables, ...ATTRIBUTES.keys(), ...CONSTANTS.keys()];
  return refuse(node, 'unknown_name', `there is no ${name}`, nameHint(node, name, known));
}

/** A member of `ingest`: how the alert came in. */
export function ingestTerm(node: ASTNode, name: string): Term {
  const read = INGEST.get(name);
  if (read !== undefined) {
    return makeTerm(node, 'string', [], (frame) => read(frame.alert.ingest) ?? null);
  }
  const near = didYouMean(name, INGEST.keys());
  const hint = near ? `did you mean ingest.${near}?` : `it has ${[...INGEST.keys()].join(', ')}`;
  return refuse(node, 'unknown_name', `ingest has no ${name}`, hint);
}

/** Falco spells its fields with dots: `k8s.ns.name` alone is a field somebody forgot to look up. */
function nameHint(node: ASTNode, name: string, known: readonly string[]): string {
  const dotted = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?!\w*\s*\()/.exec(node.input.slice(node.start));
  if (dotted !== null) return `did you mean fields["${dotted[0]}"]?`;
  const near = didYouMean(name, known);
  return near ? `did you mean ${near}?` : `there are ${[...ATTRIBUTES.keys()].join(', ')}`;
}

interface Attribute {
  readonly type: Type;
  readonly read: (alert: Alert) => Value;
}

const ATTRIBUTES: ReadonlyMap<string, Attribute> = new Map<string, Attribute>([
  ['priority', { type: 'priority', read: (alert) => alert.priority }],
  ['rule', { type: 'string', read: (alert) => alert.rule }],
  ['source', { type: 'string', read: (alert) => alert.source }],
  ['output', { type: 'string', read: (alert) => alert.output }],
  ['hostname', { type: 'string', read: (alert) => alert.hostname }],
  ['uuid', { type: 'string', read: (alert) => alert.uuid }],
  ['time', { type: 'string', read: (alert) => alert.time }],
  ['tags', { type: 'list<string>', read: (alert) => alert.tags }],
  // A map is looked into and no value of its own; where it is gone through, it is its keys.
  ['fields', { type: 'fields', read: (alert) => fieldNames(alert.fields) }],
  ['ingest', { type: 'ingest', read: () => null }],
]);

const CONSTANTS: ReadonlyMap<string, Value> = new Map([
  ...PRIORITIES.map((priority) => [priority.toUpperCase(), priority] as const),
  ['INFO', 'informational'],
]);

const INGEST: ReadonlyMap<string, (ingest: Alert['ingest']) => string | undefined> = new Map([
  ['input', (ingest: Alert['ingest']) => ingest.input],
  ['agent', (ingest: Alert['ingest']) => ingest.agent],
  ['peer', (ingest: Alert['ingest']) => ingest.peer],
  ['identity', (ingest: Alert['ingest']) => ingest.identity],
]);
