import { DocumentError } from '../body.ts';
import type { Finding } from '../k8s-audit/detector.ts';
import { isObject } from '../normalise/members.ts';
import { canonicalTime } from '../normalise/time.ts';
import type { Agent, AgentContext, JsonObject } from './agent.ts';
import { AgentDocument } from './agent-document.ts';

const AGENT = 'k8s_audit';
const GROUP = 'audit.k8s.io/';

/** Audit events, as API servers send them (a list) and write them to a file (one by one). */
export const k8sAudit: Agent = {
  agent: AGENT,
  recognises: ({ kind, apiVersion }) =>
    (kind === 'EventList' || kind === 'Event') &&
    typeof apiVersion === 'string' &&
    apiVersion.startsWith(GROUP),
  read: (document, context) =>
    document['kind'] === 'Event' ? readEvent(document, context) : readItems(document, context),
};

/** Go writes an empty list as null. */
function readItems({ items }: JsonObject, context: AgentContext): readonly unknown[] | undefined {
  if (items === undefined || items === null) return [];
  if (!Array.isArray(items)) return [new DocumentError('not_an_event', NO_ITEMS)];
  // An event that is no alert costs time, too.
  if (items.length > context.alertsMax) return undefined;
  return (items as unknown[]).flatMap((item) =>
    isObject(item) ? readEvent(item, context) : [new DocumentError('not_an_event', NO_EVENT)],
  );
}

const NO_ITEMS = '`items` is no list: send an EventList of audit.k8s.io/v1.';
const NO_EVENT = 'An item is no audit event: it has no `stage`.';

function readEvent(event: JsonObject, context: AgentContext): readonly unknown[] {
  if (typeof event['stage'] !== 'string') return [new DocumentError('not_an_event', NO_EVENT)];
  const cluster = clusterOf(context);
  const findings = context.detector.findings(event, cluster.name);
  if (findings.length === 0) context.quiet?.add(AGENT, cluster.name);
  return findings.map((finding) => documentOf(finding, event, cluster));
}

function documentOf(finding: Finding, event: JsonObject, cluster: Cluster): AgentDocument {
  const { document, templateFailure } = finding;
  const fields = document['output_fields'] as JsonObject;
  const { identity } = cluster;
  const whole = {
    ...document,
    time: timeOf(event),
    output_fields: identity === undefined ? fields : { ...fields, 'ka.cluster.identity': identity },
  };
  if (templateFailure === undefined) return new AgentDocument(AGENT, whole);
  const note = { code: 'template_failed', field: 'output', message: templateFailure } as const;
  return new AgentDocument(AGENT, whole, [note]);
}

/** The receipt stands in for a time that is none: the alert must not be lost for it. */
function timeOf({ stageTimestamp, requestReceivedTimestamp }: JsonObject): unknown {
  const times = [stageTimestamp, requestReceivedTimestamp];
  return times.find((time) => canonicalTime(time) !== undefined);
}

interface Cluster {
  readonly name: string;
  /** Who says so: the credential of that name, or nobody that could prove it. */
  readonly identity?: string;
}

/** A name in the path is what anybody may write there, unless the sender's credential has it, too. */
function clusterOf({ cluster, sender: { identity } }: AgentContext): Cluster {
  const proven = identity?.slice(identity.indexOf(':') + 1);
  const name = cluster ?? proven ?? '';
  if (name === '') return { name };
  return { name, identity: identity !== undefined && name === proven ? identity : 'unverified' };
}
