import { type Priority, priorityTitle } from '../../alert.ts';
import { isObject } from '../normalise/members.ts';
import { canonicalTime } from '../normalise/time.ts';
import type { Agent, AgentContext, JsonObject } from './agent.ts';
import { AgentDocument } from './agent-document.ts';
import { at, containerFields, firstText, isText, objectOf, said } from './members.ts';

const AGENT = 'tetragon';

/** The section `ingest.tetragon` of the configuration. */
export interface TetragonSettings {
  /** By the name of the tracing policy. */
  readonly priorities: Readonly<Record<string, Priority>>;
}

/** What a tracing policy looks for, and so an alert. */
const MATCHES: readonly string[] = ['kprobe', 'tracepoint', 'uprobe', 'lsm', 'usdt'].map(
  (kind) => `process_${kind}`,
);
/** Tetragon says that it has not seen everything. */
const LOSSES: readonly string[] = ['process_throttle', 'rate_limit_info'];
/** Whatever runs: no alert. */
const LIVES: readonly string[] = ['process_exec', 'process_exit', 'process_loader'];
const KINDS = [...MATCHES, ...LOSSES, ...LIVES];

/** Events of Tetragon's JSON export. */
export const tetragon: Agent = {
  agent: AGENT,
  recognises: (event) => event['rule'] === undefined && kindOf(event) !== undefined,
  read: (event, context) => {
    const kind = kindOf(event)!;
    const body = event[kind] as JsonObject;
    if (MATCHES.includes(kind)) return [matchOf(event, body, context)];
    if (LOSSES.includes(kind)) return [lossOf(event, kind, body)];
    context.quiet?.add(AGENT, hostOf(event));
    return [];
  },
};

function kindOf(event: JsonObject): string | undefined {
  return KINDS.find((kind) => Object.hasOwn(event, kind) && isObject(event[kind]));
}

function matchOf(event: JsonObject, body: JsonObject, context: AgentContext): AgentDocument {
  const { policy_name: policy, function_name: called, message, args, action, tags } = body;
  const name = firstText(called, body['event'], body['path']) ?? 'unknown function';
  return documentOf(event, {
    rule: firstText(policy) ?? name,
    priority: priorityOf(policy, [action, body['return_action']], context.tetragon),
    output: firstText(message) ?? `${name}(${argumentsOf(args)})`,
    tags,
    output_fields: said({
      ...processFields(body),
      'tetragon.policy': policy,
      'tetragon.function': called,
      'tetragon.action': action,
      'tetragon.args': Array.isArray(args) ? JSON.stringify(args) : undefined,
      'tetragon.cluster': event['cluster_name'],
      'tetragon.count': at(event, 'aggregation_info')['count'],
    }),
  });
}

function lossOf(event: JsonObject, kind: string, body: JsonObject): AgentDocument {
  const what = kind === 'rate_limit_info' ? 'rate limit' : 'throttle';
  return documentOf(event, {
    rule: `Tetragon internal: ${what}`,
    priority: 'Warning',
    output: `Tetragon internal: ${what}: events are missing (${JSON.stringify(body)})`,
    output_fields: said(
      Object.fromEntries(Object.entries(body).map(([key, value]) => [`tetragon.${key}`, value])),
    ),
  });
}

function documentOf(event: JsonObject, own: JsonObject): AgentDocument {
  const { time } = event;
  return new AgentDocument(AGENT, {
    source: AGENT,
    time: canonicalTime(time),
    hostname: hostOf(event),
    ...own,
  });
}

function hostOf({ node_name: node }: JsonObject): string {
  return isText(node) ? node : '';
}

/** What was tried hard enough to be stopped is never a small thing. */
const STOPPED = /^KPROBE_ACTION_(?:SIGKILL|SIGNAL|OVERRIDE|NOTIFYENFORCER)$/;

function priorityOf(
  policy: unknown,
  actions: readonly unknown[],
  { priorities }: TetragonSettings,
): string {
  if (actions.some((action) => isText(action) && STOPPED.test(action))) return 'Critical';
  const isSet = isText(policy) && Object.hasOwn(priorities, policy);
  return priorityTitle((isSet ? priorities[policy] : undefined) ?? 'warning');
}

/** What Linux has for a login that never was. */
const NO_LOGIN = 4_294_967_295;

function processFields(body: JsonObject): JsonObject {
  const process = at(body, 'process');
  const parent = at(body, 'parent');
  const pod = at(process, 'pod');
  const container = at(pod, 'container');
  const { binary, arguments: words, auid } = process;
  const id = firstText(container['id']) ?? process['docker'];
  return {
    'proc.name': nameOf(binary),
    'proc.exepath': binary,
    'proc.cmdline': [binary, words].filter(isText).join(' ').trim(),
    'proc.pid': process['pid'],
    'proc.cwd': process['cwd'],
    'proc.pname': nameOf(parent['binary']),
    'user.uid': process['uid'],
    'user.loginuid': auid === NO_LOGIN ? -1 : auid,
    ...containerFields(
      { ...container, id: isText(id) ? id.slice(id.lastIndexOf('/') + 1) : undefined },
      objectOf(container['image'])['name'],
    ),
    'k8s.ns.name': pod['namespace'],
    'k8s.pod.name': pod['name'],
  };
}

function nameOf(binary: unknown): string | undefined {
  return isText(binary) ? binary.slice(binary.lastIndexOf('/') + 1) : undefined;
}

/** `"/etc/passwd", 2`: the values without their types; of a file its path. */
function argumentsOf(args: unknown): string {
  if (!Array.isArray(args)) return '';
  return (args as unknown[])
    .filter(isObject)
    .map((arg) => Object.values(arg)[0])
    .map((value) => JSON.stringify(isObject(value) ? (value['path'] ?? value) : value))
    .join(', ');
}
