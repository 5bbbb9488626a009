import { priorityTitle } from '../../alert.ts';
import { DocumentError } from '../body.ts';
import { uuidV5 } from '../k8s-audit/uuid-v5.ts';
import { isObject } from '../normalise/members.ts';
import { severityPriority } from '../normalise/severity.ts';
import { canonicalTime } from '../normalise/time.ts';
import type { Agent, JsonObject } from './agent.ts';
import { AgentDocument } from './agent-document.ts';
import { contentOf, withDefaults } from './envelope.ts';
import { firstText, isText, prefixed, said } from './members.ts';

const AGENT = 'cloudevents';

/**
 * CloudEvents 1.0. What `data` holds is read as if it had come alone; what is no alert there becomes
 * one by the attributes of the event.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export const cloudEvents: Agent = {
  agent: AGENT,
  recognises: ({ specversion }) => isText(specversion),
  read: (event, _, readContent) => {
    const mistake = mistakeIn(event);
    if (mistake !== undefined) return [new DocumentError('invalid_event', mistake)];
    const content = contentOf(dataOf(event));
    const alerts = readContent(content);
    if (alerts === 'too_many') return undefined;
    if (alerts === 'unknown') return [documentOf(event, content)];
    const time = timeOf(event);
    return alerts.map((alert, at) => withDefaults(alert, { uuid: uuidOf(event, at), time }));
  },
};

function mistakeIn(event: JsonObject): string | undefined {
  if (event['specversion'] !== '1.0') return '`specversion` is not 1.0: send CloudEvents 1.0.';
  const missing = ['id', 'source', 'type'].find((name) => !isText(event[name]) || !event[name]);
  if (missing !== undefined) return `\`${missing}\` is missing or no text: CloudEvents require it.`;
  const encoded = event['data_base64'] ?? undefined;
  if (encoded === undefined) return undefined;
  if ((event['data'] ?? undefined) !== undefined) {
    return 'It has both `data` and `data_base64`: send one of them.';
  }
  return isText(encoded) && isBase64(encoded) ? undefined : '`data_base64` is no base64.';
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[\w+/-]*={0,2}$/.test(text);
}

function dataOf({ data, data_base64: encoded }: JsonObject): unknown {
  return isText(encoded) ? Buffer.from(encoded, 'base64').toString('utf8') : (data ?? undefined);
}

/** `source` and `id` together name an event; the alerts within one are told apart by their place. */
function uuidOf({ source, id }: JsonObject, at: number): string {
  return uuidV5(at === 0 ? [AGENT, source, id] : [AGENT, source, id, at]);
}

function timeOf({ time }: JsonObject): string | undefined {
  return isText(time) ? canonicalTime(time) : undefined;
}

/** Members of an event that are no fields of the alert. */
const NO_FIELDS: ReadonlySet<string> = new Set([
  'specversion',
  'time',
  'data',
  'data_base64',
  'datacontenttype',
]);

function documentOf(event: JsonObject, content: unknown): AgentDocument {
  const data = isObject(content) ? content : {};
  const { type, subject, rule, priority, severity, hostname } = event;
  const told = severityPriority(priority) ?? severityPriority(severity) ?? 'notice';
  const attributes = Object.entries(event).filter(([name]) => !NO_FIELDS.has(name));
  return new AgentDocument(AGENT, {
    uuid: uuidOf(event, 0),
    rule: firstText(rule, type),
    priority: priorityTitle(told),
    source: AGENT,
    time: timeOf(event),
    hostname: firstText(hostname, data['hostname']),
    output:
      firstText(data['output'], data['message'], data['summary']) ??
      content ??
      firstText(subject, type),
    output_fields: said({
      ...prefixed('ce', Object.fromEntries(attributes)),
      ...prefixed('data', data),
    }),
  });
}
