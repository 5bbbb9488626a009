import { isIP } from 'node:net';
import type { Alert } from '../../src/alert.ts';
import { severityOf } from '../../src/alert.ts';

const ECS_VERSION = '8.17.0';

/**
 * An alert in the Elastic Common Schema (https://www.elastic.co/docs/reference/ecs), but for
 * `@timestamp` and the alert itself, which stands beside these members under `falco`.
 *
 * @param withFields Whether fields of the alert are shown at their place in the schema, too.
 */
export function ecsMembers(alert: Alert, withFields: boolean): Record<string, unknown> {
  const { uuid, priority, rule, source, output, hostname, tags, receivedAt, ingest } = alert;
  const host = hostname === '' ? {} : { host: { name: hostname, hostname } };
  return {
    ecs: { version: ECS_VERSION },
    message: output,
    event: {
      kind: 'alert',
      category: ['intrusion_detection'],
      type: ['info'],
      module: 'falco',
      dataset: 'falco.alerts',
      provider: source,
      id: uuid,
      // The higher the worse, as Elastic's integration has it: 7 is Emergency.
      severity: 7 - severityOf(priority),
      created: receivedAt,
    },
    log: { level: priority },
    rule: { name: rule },
    observer: { type: 'sensor', product: ingest.agent },
    ...host,
    ...(tags.length > 0 && { tags }),
    ...techniquesIn(tags),
    ...(withFields && placedFields(alert.fields)),
  };
}

const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/;

/** Falco's rules carry techniques of MITRE ATT&CK as tags. */
function techniquesIn(tags: readonly string[]): object {
  const ids = tags.filter((tag) => TECHNIQUE.test(tag));
  if (ids.length === 0) return {};
  const id = [...new Set(ids.map((tag) => tag.slice(0, 5)))];
  const sub = ids.filter((tag) => tag.includes('.'));
  const subtechnique = sub.length === 0 ? {} : { subtechnique: { id: sub } };
  return { threat: { framework: 'MITRE ATT&CK', technique: { id, ...subtechnique } } };
}

type Kind = (value: unknown) => unknown;

/** A value that the schema's type of a field would refuse is left out: it is under `falco` anyhow. */
const text: Kind = (value) =>
  typeof value === 'string' && value !== '' && value !== '<NA>' ? value : undefined;
const id: Kind = (value) => (Number.isSafeInteger(value) ? String(value) : text(value));
const count: Kind = (value) => (Number.isSafeInteger(value) ? value : undefined);
const address: Kind = (value) =>
  typeof value === 'string' && isIP(value) !== 0 ? value : undefined;
const path: Kind = (value) =>
  typeof value === 'string' && value.startsWith('/') ? value : undefined;
const list: Kind = (value) => (text(value) === undefined ? undefined : [value]);

/** Where a field of Falco's stands in the schema. Of two for one place, the first that fits. */
const PLACES: readonly (readonly [field: string, place: string, kind: Kind])[] = [
  ['proc.name', 'process.name', text],
  ['proc.cmdline', 'process.command_line', text],
  ['proc.exepath', 'process.executable', text],
  ['proc.cwd', 'process.working_directory', text],
  ['proc.pid', 'process.pid', count],
  ['proc.pname', 'process.parent.name', text],
  ['proc.pcmdline', 'process.parent.command_line', text],
  ['proc.pexepath', 'process.parent.executable', text],
  ['proc.ppid', 'process.parent.pid', count],
  ['user.name', 'user.name', text],
  ['ka.user.name', 'user.name', text],
  ['user.uid', 'user.id', id],
  ['group.name', 'group.name', text],
  ['group.gid', 'group.id', id],
  ['fd.name', 'file.path', path],
  ['fd.cip', 'client.ip', address],
  ['fd.cport', 'client.port', count],
  ['fd.sip', 'server.ip', address],
  ['fd.sport', 'server.port', count],
  ['fd.lip', 'source.ip', address],
  ['fd.lport', 'source.port', count],
  ['fd.rip', 'destination.ip', address],
  ['fd.rport', 'destination.port', count],
  ['fd.l4proto', 'network.transport', text],
  ['container.id', 'container.id', text],
  ['container.name', 'container.name', text],
  ['container.image.repository', 'container.image.name', text],
  ['container.image.tag', 'container.image.tag', list],
  ['k8s.ns.name', 'orchestrator.namespace', text],
  ['ka.target.namespace', 'orchestrator.namespace', text],
  ['k8s.pod.name', 'orchestrator.resource.name', text],
  ['ka.target.name', 'orchestrator.resource.name', text],
  ['ka.target.resource', 'orchestrator.resource.type', text],
];

function placedFields(fields: Alert['fields']): object {
  const placed: Record<string, unknown> = {};
  for (const [field, place, kind] of PLACES) {
    const value = Object.hasOwn(fields, field) ? kind(fields[field]) : undefined;
    if (value !== undefined) put(placed, place.split('.'), value);
  }
  return placed;
}

function put(target: Record<string, unknown>, steps: readonly string[], value: unknown): void {
  const last = steps.at(-1) as string;
  let node = target;
  for (const step of steps.slice(0, -1)) {
    node[step] ??= {};
    node = node[step] as Record<string, unknown>;
  }
  node[last] ??= value;
}
