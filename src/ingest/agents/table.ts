import { type BodyRefusal, DocumentError } from '../body.ts';
import { isObject, readMembers } from '../normalise/members.ts';
import { VerbatimDocument } from '../verbatim.ts';
import type { Agent, AgentContext, JsonObject } from './agent.ts';
import { AgentDocument } from './agent-document.ts';
import { alertmanager } from './alertmanager.ts';
import { cloudEvents } from './cloudevents.ts';
import type { ContentReading } from './envelope.ts';
import { readLine, slackText } from './falco-text.ts';
import { k8sAudit } from './k8s-audit.ts';
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
  if (only === undefined && !documents.some(isForeign)) return documents;
  const read: unknown[] = [];
  for (const document of documents) {
    const alerts = readOne(document, context, only);
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
  only?: Agent,
): readonly unknown[] | undefined {
  if (document instanceof DocumentError) return [document];
  if (typeof document === 'string' && only === undefined) return readLine(document, context);
  const agent = recognise(document);
  if (agent === undefined || (only !== undefined && agent !== only)) {
    return only === undefined ? [document] : [new DocumentError('wrong_format', wrongFormat(only))];
  }
  return agent.read(document as JsonObject, context, (content) => readContent(content, context));
}

/** What came in an envelope, which cannot be another one: no body makes this recurse. */
function readContent(content: unknown, context: AgentContext): ContentReading {
  if (typeof content === 'string') {
    const lines = readLine(content, context);
    return lines.some((line) => line instanceof DocumentError) ? 'unknown' : lines;
  }
  if (!isObject(content)) return 'unknown';
  const agent = recognise(content, CONTENTS);
  if (agent !== undefined) return agent.read(content, context, () => 'unknown') ?? 'too_many';
  const { rule, priority } = readMembers(content);
  const isFalco = typeof rule === 'string' && typeof priority === 'string';
  return isFalco ? [new AgentDocument('falco', content)] : 'unknown';
}

function isForeign(document: unknown): boolean {
  return typeof document === 'string' || recognise(document) !== undefined;
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
