import { type BodyRefusal, DocumentError } from '../body.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { isObject, readMembers } from '../normalise/members.ts';
import { VerbatimDocument } from '../verbatim.ts';
import type { Agent, AgentContext, JsonObject } from './agent.ts';
import { AgentDocument } from './agent-document.ts';
import { alertmanager } from './alertmanager.ts';
import { cloudEvents } from './cloudevents.ts';
import type { ContentReading } from './envelope.ts';
import { readLine, slackText } from './falco-text.ts';
import { k8sAudit } from './k8s-audit.ts';
import { matchingMapping, namedMapping, readMapped } from './mapped.ts';
import { otlp } from './otlp.ts';
import { tetragon } from './tetragon.ts';
import { tracee } from './tracee.ts';

/** What carries documents of the others. */
const ENVELOPES: readonly Agent[] = [cloudEvents, otlp];
const CONTENTS: readonly Agent[] = [k8sAudit, alertmanager, tetragon, tracee];
/** Asked in this order; what none of them recognises is read as Falco's. */
const AGENTS: readonly Agent[] = [...ENVELOPES, ...CONTENTS, slackText];

/**
 * The documents of a body with those of other agents taken apart into alerts. `only`: the format of
 * the path, so that whatever is not of it is an error.
 */
export function readAgents(
  documents: readonly unknown[],
  context: AgentContext,
  only?: Agent,
): readonly unknown[] | BodyRefusal {
  const mapping = only === undefined ? namedMapping(context) : undefined;
  const isFalco = only === undefined && mapping === undefined;
  if (isFalco && !documents.some((one) => isForeign(one, context))) return documents;
  const read: unknown[] = [];
  for (const document of documents) {
    const alerts = readOne(document, context, only ?? mapping);
    if (alerts === undefined || read.length + alerts.length > context.alertsMax) {
      return tooMany(context.alertsMax);
    }
    for (const one of alerts) read.push(one);
  }
  return read;
}

function readOne(
  document: unknown,
  context: AgentContext,
  as?: Agent | Mapping,
): readonly unknown[] | undefined {
  if (document instanceof DocumentError) return [document];
  if (as !== undefined && 'split' in as) return readByName(document, as, context);
  if (typeof document === 'string' && as === undefined) return readLine(document, context);
  const agent = recognise(document);
  if (as !== undefined && agent !== as) {
    return [new DocumentError('wrong_format', wrongFormat(as))];
  }
  if (agent !== undefined) {
    return agent.read(document as JsonObject, context, (content) => readContent(content, context));
  }
  const mapping = mappingFor(document, context);
  if (mapping === undefined) return [document];
  return readMapped(mapping, document as JsonObject, context);
}

/** Whatever comes to a mapping by its name is read by it, also what looks like Falco's. */
function readByName(
  document: unknown,
  mapping: Mapping,
  context: AgentContext,
): readonly unknown[] | undefined {
  const value = document instanceof VerbatimDocument ? document.parsed() : document;
  if (isObject(value)) return readMapped(mapping, value, context);
  return [new DocumentError('not_an_alert', 'This is no JSON object, and nothing else is mapped.')];
}

/** What has a rule and a priority needs no mapping, and cannot be caught by one. */
function mappingFor(document: unknown, context: AgentContext): Mapping | undefined {
  if (context.mappings.length === 0 || document instanceof VerbatimDocument) return undefined;
  if (!isObject(document) || isFalcos(document)) return undefined;
  return matchingMapping(document, context);
}

function isFalcos(document: JsonObject): boolean {
  const { rule, priority } = readMembers(document);
  return typeof rule === 'string' && typeof priority === 'string';
}

/** What came in an envelope, which cannot be another one: no body makes this recurse. */
export function readContent(content: unknown, context: AgentContext): ContentReading {
  if (typeof content === 'string') {
    const lines = readLine(content, context);
    return lines.some((line) => line instanceof DocumentError) ? 'unknown' : lines;
  }
  if (!isObject(content)) return 'unknown';
  const agent = recognise(content, CONTENTS);
  if (agent !== undefined) {
    return agent.read(content, { ...context, isEnveloped: true }, () => 'unknown') ?? 'too_many';
  }
  if (isFalcos(content)) return [new AgentDocument('falco', content)];
  const mapping = mappingFor(content, context);
  return mapping === undefined ? 'unknown' : (readMapped(mapping, content, context) ?? 'too_many');
}

function isForeign(document: unknown, context: AgentContext): boolean {
  if (typeof document === 'string') return true;
  return recognise(document) !== undefined || mappingFor(document, context) !== undefined;
}

function recognise(document: unknown, among = AGENTS): Agent | undefined {
  if (document instanceof VerbatimDocument || !isObject(document)) return undefined;
  return among.find((agent) => agent.recognises(document));
}

function wrongFormat({ agent }: Agent): string {
  return `This path takes the format ${agent} only, and the body is none of it.`;
}

function tooMany(alertsMax: number): BodyRefusal {
  return {
    status: 413,
    code: 'too_many_alerts',
    message: `A body may become at most ${alertsMax} alerts: send it in several.`,
  };
}
