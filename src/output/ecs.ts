import { type Alert, severityOf } from '../alert.ts';
import { techniquesIn } from '../attack.ts';
import {
  address,
  container,
  count,
  id,
  list,
  path,
  type Place,
  placedFields,
  text,
} from './places.ts';

const ECS_VERSION = '8.17.0';

/**
 * An alert in the Elastic Common Schema (https://www.elastic.co/docs/reference/ecs), but for
 * `@timestamp` and the alert itself, which stands beside these members under `falco`.
 */
export function ecsMembers(alert: Alert): Record<string, unknown> {
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
    ...threatIn(tags),
    ...placedFields(alert.fields, PLACES),
  };
}

/** Falco's rules carry techniques of MITRE ATT&CK as tags. */
function threatIn(tags: readonly string[]): object {
  const techniques = techniquesIn(tags);
  if (techniques.length === 0) return {};
  const id = [...new Set(techniques.map(({ uid }) => uid))];
  const subIds = techniques.flatMap(({ sub }) => sub?.uid ?? []);
  const subtechnique = subIds.length === 0 ? {} : { subtechnique: { id: subIds } };
  return { threat: { framework: 'MITRE ATT&CK', technique: { id, ...subtechnique } } };
}

/** Where a field of Falco's stands in the schema. Of two for one place, the first that fits. */
const PLACES: readonly Place[] = [
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
  ['container.id', 'container.id', container],
  ['container.name', 'container.name', container],
  ['container.image.repository', 'container.image.name', text],
  ['container.image.tag', 'container.image.tag', list],
  ['k8s.ns.name', 'orchestrator.namespace', text],
  ['ka.target.namespace', 'orchestrator.namespace', text],
  ['k8s.pod.name', 'orchestrator.resource.name', text],
  ['ka.target.name', 'orchestrator.resource.name', text],
  ['ka.target.resource', 'orchestrator.resource.type', text],
];
