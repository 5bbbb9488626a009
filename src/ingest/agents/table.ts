import { type BodyRefusal, DocumentError } from '../body.ts';
import { isObject } from '../normalise/members.ts';
import { VerbatimDocument } from '../verbatim.ts';
import type { Agent, AgentContext } from './agent.ts';
import { alertmanager } from './alertmanager.ts';
import { readLine, slackText } from './falco-text.ts';
import { k8sAudit } from './k8s-audit.ts';
import { tetragon } from './tetragon.ts';
import { tracee } from './tracee.ts';

/** Asked in this order; what none of them recognises is read as Falco's. */
const AGENTS: readonly Agent[] = [k8sAudit, alertmanager, tetragon, tracee, slackText];

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
  return agent.read(document as Parameters<Agent['read']>[0], context);
}

function isForeign(document: unknown): boolean {
  return typeof document === 'string' || recognise(document) !== undefined;
}

function recognise(document: unknown): Agent | undefined {
  if (document instanceof VerbatimDocument || !isObject(document)) return undefined;
  return AGENTS.find((agent) => agent.recognises(document));
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
