import { isObject } from '../normalise/members.ts';
import { canonicalTime } from '../normalise/time.ts';
import type { Agent, AgentContext, JsonObject } from './agent.ts';
import { AgentDocument } from './agent-document.ts';
import { at, containerFields, isText, objectOf, said } from './members.ts';

const AGENT = 'tracee';

/**
 * Events of Tracee's webhook, of both its forms. An event without a threat, or without a signature
 * in the older form, is what Tracee saw and no alert.
 */
export const tracee: Agent = {
  agent: AGENT,
  recognises: (event) => event['rule'] === undefined && (isEvent(event) || isLegacy(event)),
  read: (event, context) => {
    const found = isText(event['eventName']) ? readLegacy(event) : readEvent(event);
    if (found !== undefined) return [documentOf(found, context)];
    context.quiet?.add(AGENT, nodeOf(event['hostName'], context));
    return [];
  },
};

/** Others have a workload, too: Tracee's events have these with it. */
const ALWAYS = ['timestamp', 'id', 'name'] as const;

function isEvent(event: JsonObject): boolean {
  const { workload, detected_from: from } = event;
  return (isObject(workload) || isObject(from)) && ALWAYS.every((key) => Object.hasOwn(event, key));
}

function isLegacy({ eventName, threadStartTime }: JsonObject): boolean {
  return isText(eventName) && threadStartTime !== undefined;
}

/** What both forms come to. */
interface Found {
  readonly name: unknown;
  readonly description: unknown;
  readonly severity: unknown;
  readonly time: unknown;
  readonly hostname: unknown;
  readonly tags: readonly unknown[];
  readonly fields: JsonObject;
  /** The event's own arguments, by their names. */
  readonly data: readonly (readonly [name: string, value: unknown])[];
}

function readEvent(event: JsonObject): Found | undefined {
  const { threat, workload, data, name, timestamp } = event;
  if (!isObject(threat)) return undefined;
  const process = at(workload, 'process');
  const mitre = at(threat, 'mitre');
  const pod = at(at(workload, 'k8s'), 'pod');
  return {
    name: threat['name'] ?? name,
    description: threat['description'],
    severity: threat['severity'],
    time: timeOf(timestamp),
    hostname: undefined,
    tags: tagsOf(
      at(mitre, 'technique')['id'],
      at(mitre, 'tactic')['name'],
      at(event, 'policies')['matched'],
    ),
    fields: {
      'proc.name': at(process, 'thread')['name'],
      'proc.exepath': at(process, 'executable')['path'],
      'proc.pid': plain(process['pid']),
      'user.uid': plain(at(process, 'real_user')['id']),
      ...containerFields(at(workload, 'container'), at(at(workload, 'container'), 'image')['name']),
      'k8s.pod.name': pod['name'],
      'k8s.ns.name': at(at(workload, 'k8s'), 'namespace')['name'],
      'tracee.signature_id': at(threat, 'properties')['signatureID'],
      'evt.type': name,
    },
    data: dataOf(data),
  };
}

function readLegacy(event: JsonObject): Found | undefined {
  const { metadata, eventName, hostName, timestamp, kubernetes, container, args } = event;
  const properties = at(metadata, 'Properties');
  if (properties['signatureID'] === undefined) return undefined;
  return {
    name: properties['signatureName'] ?? eventName,
    description: at(event, 'metadata')['Description'],
    severity: properties['Severity'],
    time: timestamp,
    hostname: hostName,
    tags: tagsOf(properties['external_id'], properties['Category'], event['matchedPolicies']),
    fields: {
      'proc.name': event['processName'],
      'proc.exepath': at(event, 'executable')['path'],
      'proc.pid': event['processId'],
      'user.uid': event['userId'],
      ...containerFields(objectOf(container), at(event, 'container')['image']),
      'k8s.pod.name': objectOf(kubernetes)['podName'],
      'k8s.ns.name': objectOf(kubernetes)['podNamespace'],
      'tracee.signature_id': properties['signatureID'],
      'evt.type': eventName,
    },
    data: dataOf(args),
  };
}

const PRIORITIES = ['Informational', 'Notice', 'Warning', 'Error', 'Critical'] as const;

/** A threat whose severity is none of Tracee's is no smaller one for it. */
function priorityOf(severity: unknown): string {
  return PRIORITIES[typeof severity === 'number' ? severity : -1] ?? 'Warning';
}

function documentOf(found: Found, context: AgentContext): AgentDocument {
  const { name, description, fields, data } = found;
  const rule = isText(name) && name.trim() !== '' ? name : 'Tracee event';
  const named = Object.fromEntries(data.map(([key, value]) => [`tracee.data.${key}`, value]));
  const about = isText(description) ? `: ${description}` : '';
  const where = ['proc.name', 'container.name']
    .map((key) => fields[key])
    .map((value) => (isText(value) && value !== '' ? value : '<NA>'));
  return new AgentDocument(AGENT, {
    rule,
    priority: priorityOf(found.severity),
    source: AGENT,
    time: canonicalTime(found.time),
    hostname: nodeOf(found.hostname, context),
    output: `Tracee ${rule}${about} (process=${where[0]} container=${where[1]})`,
    tags: found.tags,
    output_fields: said({ ...fields, ...named }),
  });
}

/** The newer form does not say on which node it was. */
function nodeOf(hostname: unknown, { sender: { identity, peer } }: AgentContext): string {
  if (isText(hostname)) return hostname;
  return identity === undefined ? peer : identity.slice(identity.indexOf(':') + 1);
}

/** `T1622`, `mitre_defense_evasion`, and the policies that matched. */
function tagsOf(technique: unknown, tactic: unknown, policies: unknown): readonly unknown[] {
  const name = isText(tactic)
    ? `mitre_${tactic.trim().toLowerCase().replaceAll(/[ -]/g, '_')}`
    : '';
  return [technique, name, ...(Array.isArray(policies) ? (policies as unknown[]) : [])];
}

/** An argument's value stands under its type, `{ name, str }`, or under `value`. */
function dataOf(list: unknown): readonly (readonly [string, unknown])[] {
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).filter(isObject).flatMap(({ name, type: _type, ...values }) => {
    const [value] = Object.values(values);
    return isText(name)
      ? [[name, isObject(value) ? (value['value'] ?? value) : value] as const]
      : [];
  });
}

/** Protobuf's JSON has some numbers as `{ value }`. */
function plain(value: unknown): unknown {
  return isObject(value) && 'value' in value ? value['value'] : value;
}

/**
 * RFC 3339, or seconds and nanoseconds as Tracee's own documentation shows them. What is no time is
 * left to the receipt.
 */
function timeOf(time: unknown): unknown {
  if (!isObject(time)) return time;
  const seconds = textOfNumber(time['seconds']);
  const nanos = textOfNumber(time['nanos'] ?? 0).padStart(9, '0');
  return /^\d{1,11}$/.test(seconds) && /^\d{9}$/.test(nanos)
    ? JSON.rawJSON(`${BigInt(seconds)}.${nanos}`)
    : undefined;
}

function textOfNumber(value: unknown): string {
  return typeof value === 'number' ? String(value) : '';
}
