import { JsonError, parseLossless } from '../../json.ts';
import { readPriority } from './priority.ts';

const NAMES = [
  'uuid',
  'time',
  'priority',
  'rule',
  'source',
  'output',
  'message',
  'hostname',
  'tags',
  'output_fields',
] as const;

/** What of a Falco document the hub reads, under Falco's names. No member is null. */
export type Members = Partial<Record<(typeof NAMES)[number], unknown>>;

/**
 * The members of a document, whatever the case of their names, as Go's `encoding/json` reads them:
 * null is absent, and of two names that differ in case only the later counts.
 *
 * Some forwarders put Falco's whole JSON line into `output`. It is taken apart once: its line
 * becomes the output, its other members fill in what is missing outside. What the outer document
 * says stands, so that whoever can write an output line cannot lower the priority.
 */
export function readMembers(document: Readonly<Record<string, unknown>>): Members {
  const members = ownMembers(document);
  const inner = wrappedAlert(members.output);
  return inner === undefined ? members : { ...inner, ...members, output: outputOf(inner) };
}

/** The line people read; `message`, where a sender leaves it out, lacks only Falco's prefix. */
export function outputOf(members: Members): unknown {
  return members.output ?? members.message;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Name = keyof Members;
const KNOWN: ReadonlySet<string> = new Set(NAMES);
const NAME_LENGTH_MAX = 'output_fields'.length;

function ownMembers(document: Readonly<Record<string, unknown>>): Members {
  const members: Members = {};
  for (const key in document) {
    const name = KNOWN.has(key) ? key : folded(key);
    const value = document[key];
    if (name !== undefined && value !== null) members[name as Name] = value;
  }
  return members;
}

function folded(key: string): string | undefined {
  if (key.length > NAME_LENGTH_MAX) return undefined;
  const name = key.toLowerCase();
  return KNOWN.has(name) ? name : undefined;
}

function wrappedAlert(output: unknown): Members | undefined {
  if (typeof output !== 'string' || !output.startsWith('{')) return undefined;
  const document = parsed(output);
  if (!isObject(document)) return undefined;
  const members = ownMembers(document);
  const isAlert = typeof members.rule === 'string' && readPriority(members.priority) !== undefined;
  return isAlert && typeof outputOf(members) === 'string' ? members : undefined;
}

function parsed(text: string): unknown {
  try {
    return parseLossless(text);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
