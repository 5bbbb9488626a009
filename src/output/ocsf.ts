import { type Alert, type Priority, priorityTitle } from '../alert.ts';
import { tacticsIn, type Technique, techniquesIn } from '../attack.ts';
import type { Place } from './places.ts';
import * as kind from './places.ts';
import { epochMs } from './time.ts';

/** The release of the schema that findings follow. */
const OCSF_VERSION = '1.5.0';

/**
 * An alert as a Detection Finding of the Open Cybersecurity Schema Framework. Fields of the alert
 * are shown at their place in the schema, and all of them stand under `unmapped`, every digit kept.
 *
 * @see https://schema.ocsf.io/1.5.0/classes/detection_finding
 */
export function detectionFinding(alert: Alert): Record<string, unknown> {
  const { hostname, priority, fields } = alert;
  const timeMs = epochMs(alert.time);
  const [severityId, severity] = SEVERITIES[priority];
  const evidence = evidenceOf(alert);
  const resources = resourcesOf(fields);
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2004,
    class_name: 'Detection Finding',
    type_uid: 200_401,
    type_name: 'Detection Finding: Create',
    time: timeMs,
    severity_id: severityId,
    severity,
    status_id: 1,
    status: 'New',
    is_alert: true,
    message: alert.output,
    metadata: metadataOf(alert),
    finding_info: findingInfoOf(alert, timeMs),
    ...(evidence && { evidences: [evidence] }),
    ...(resources.length > 0 && { resources }),
    ...(hostname !== '' && { device: { type_id: 0, type: 'Unknown', hostname } }),
    unmapped: { priority: priorityTitle(priority), output_fields: fields },
  };
}

const SEVERITIES: Readonly<Record<Priority, readonly [id: number, caption: string]>> = {
  emergency: [6, 'Fatal'],
  alert: [5, 'Critical'],
  critical: [5, 'Critical'],
  error: [4, 'High'],
  warning: [3, 'Medium'],
  notice: [2, 'Low'],
  informational: [1, 'Informational'],
  debug: [1, 'Informational'],
};

function metadataOf({ uuid, time, receivedAt, source, tags, ingest }: Alert): object {
  return {
    version: OCSF_VERSION,
    uid: uuid,
    product: PRODUCTS[ingest.agent] ?? { name: ingest.agent },
    log_name: source,
    original_time: time,
    logged_time: epochMs(receivedAt),
    ...(tags.length > 0 && { labels: tags }),
  };
}

const PRODUCTS: Readonly<Record<string, object>> = {
  falco: { name: 'Falco', vendor_name: 'The Falco Project' },
  tocsin: { name: 'Tocsin' },
};

function findingInfoOf({ uuid, rule, output, source, tags }: Alert, timeMs: number): object {
  const attacks = attacksIn(tags);
  return {
    uid: uuid,
    title: rule,
    desc: output,
    created_time: timeMs,
    types: [source],
    analytic: { name: rule, type_id: 1, type: 'Rule' },
    ...(attacks.length > 0 && { attacks }),
  };
}

/** Tags do not say which technique serves which tactic, unless there is only one tactic. */
function attacksIn(tags: readonly string[]): object[] {
  const tactics = tacticsIn(tags);
  const techniques = techniquesIn(tags).map(inWords);
  const [tactic] = tactics;
  if (tactics.length === 1 && techniques.length > 0) {
    return techniques.map((technique) => ({ tactic, ...technique }));
  }
  return [...tactics.map((one) => ({ tactic: one })), ...techniques];
}

function inWords({ sub, ...technique }: Technique): object {
  return sub === undefined ? { technique } : { technique, sub_technique: sub };
}

type Part = Record<string, unknown>;

/** Undefined where the fields say nothing that the schema takes for evidence. */
function evidenceOf({ uuid, fields }: Alert): Part | undefined {
  const evidence = kind.placedFields(fields, PLACES);
  for (const [path, keys] of NEEDED) dropWithout(evidence, path, keys);
  const process = evidence['process'] as Part | undefined;
  identify(process, `${uuid}/process`);
  identify(process?.['parent_process'] as Part | undefined, `${uuid}/parent`);
  const { container, ...others } = evidence;
  if (Object.keys(others).length > 0) return evidence;
  // The schema takes a container for evidence only beside something else.
  return container === undefined ? undefined : { ...evidence, data: { container } };
}

/** Which of its members an object must have one of. */
const NEEDED: readonly (readonly [path: readonly string[], keys: readonly string[]])[] = [
  [['container', 'image'], ['uid']],
  [['container'], ['uid', 'name']],
  [['src_endpoint'], ['ip']],
  [['dst_endpoint'], ['ip']],
  [['api'], ['operation']],
];

function dropWithout(whole: Part, path: readonly string[], keys: readonly string[]): void {
  const [step = '', ...rest] = path;
  const part = whole[step] as Part | undefined;
  if (part === undefined) return;
  if (rest.length > 0) dropWithout(part, rest, keys);
  else if (keys.every((key) => part[key] === undefined)) delete whole[step];
}

/** The schema wants an id of every process, and most rules do not give the pid. */
function identify(process: Part | undefined, uid: string): void {
  if (process !== undefined && process['pid'] === undefined) process['uid'] = uid;
}

/** The pod it happened in, and what a call to the API of Kubernetes was about. */
function resourcesOf(fields: Alert['fields']): object[] {
  return RESOURCES.map((places) => kind.placedFields(fields, places)).filter(
    ({ name }) => name !== undefined,
  );
}

const pod: kind.Kind = () => 'pod';

const RESOURCES: readonly (readonly Place[])[] = [
  [
    ['k8s.pod.name', 'type', pod],
    ['k8s.pod.name', 'name', kind.text],
    ['k8s.pod.uid', 'uid', kind.text],
    ['k8s.ns.name', 'namespace', kind.text],
  ],
  [
    ['ka.target.name', 'name', kind.text],
    ['ka.target.resource', 'type', kind.text],
    ['ka.target.namespace', 'namespace', kind.text],
  ],
];

/** Ids of types of files: a program is a regular one, of others nobody knows. */
const programType: kind.Kind = (value) => (kind.path(value) === undefined ? undefined : 1);
const fileType: kind.Kind = (value) => (kind.path(value) === undefined ? undefined : 0);
/** Falco has fields of Kubernetes audit as texts. */
const statusCode: kind.Kind = (value) =>
  /^\d{3}$/.test(String(value)) ? Number(value) : undefined;

const PLACES: readonly Place[] = [
  ['proc.name', 'process.name', kind.text],
  ['proc.cmdline', 'process.cmd_line', kind.text],
  ['proc.pid', 'process.pid', kind.count],
  ['proc.cwd', 'process.working_directory', kind.text],
  ['proc.exepath', 'process.file.path', kind.path],
  ['proc.exepath', 'process.file.name', kind.nameOfPath],
  ['proc.exepath', 'process.file.type_id', programType],
  ['proc.pname', 'process.parent_process.name', kind.text],
  ['proc.pcmdline', 'process.parent_process.cmd_line', kind.text],
  ['proc.ppid', 'process.parent_process.pid', kind.count],
  ['proc.pexepath', 'process.parent_process.file.path', kind.path],
  ['proc.pexepath', 'process.parent_process.file.name', kind.nameOfPath],
  ['proc.pexepath', 'process.parent_process.file.type_id', programType],
  ['user.name', 'user.name', kind.text],
  ['ka.user.name', 'user.name', kind.text],
  ['user.uid', 'user.uid', kind.id],
  ['fd.name', 'file.path', kind.path],
  ['fd.name', 'file.name', kind.nameOfPath],
  ['fd.name', 'file.type_id', fileType],
  ['fd.cip', 'src_endpoint.ip', kind.address],
  ['fd.cport', 'src_endpoint.port', kind.port],
  ['fd.sip', 'dst_endpoint.ip', kind.address],
  ['fd.sport', 'dst_endpoint.port', kind.port],
  ['container.id', 'container.uid', kind.container],
  ['container.name', 'container.name', kind.container],
  ['container.image.repository', 'container.image.name', kind.text],
  ['container.image.tag', 'container.image.labels', kind.list],
  ['container.image.digest', 'container.image.uid', kind.text],
  ['container.image.id', 'container.image.uid', kind.text],
  ['container.image.repository', 'container.image.uid', kind.text],
  ['ka.verb', 'api.operation', kind.text],
  ['ka.auditid', 'api.request.uid', kind.text],
  ['ka.response.code', 'api.response.code', statusCode],
];
