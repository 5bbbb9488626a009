import { isAtLeast, type Priority, priorityTitle } from '../../alert.ts';
import { DocumentError } from '../body.ts';
import { uuidV5 } from '../k8s-audit/uuid-v5.ts';
import { isObject } from '../normalise/members.ts';
import { severityPriority } from '../normalise/severity.ts';
import { textOf } from '../normalise/text.ts';
import { timestampTime } from '../normalise/time.ts';
import { senderUuid } from '../normalise/uuid.ts';
import { type Resource, resourceOf } from '../otlp/resource.ts';
import { recordPriority } from '../otlp/severity.ts';
import { listOf, valueOf, valuesOf } from '../otlp/values.ts';
import type { Agent, AgentContext, JsonObject } from './agent.ts';
import { AgentDocument } from './agent-document.ts';
import { contentOf, type ContentReading, type ReadContent, withDefaults } from './envelope.ts';
import { at, containerFields, firstText, isText, objectOf, prefixed, said } from './members.ts';

const AGENT = 'otlp';

/** The section `ingest.otlp` of the configuration. */
export interface OtlpSettings {
  /** What is less severe and no alert of any format is no alert. */
  readonly minimumPriority: Priority;
}

/** Logs of OpenTelemetry in the JSON form of an `ExportLogsServiceRequest`: what in them is an alert. */
export const otlp: Agent = {
  agent: AGENT,
  recognises: ({ resourceLogs }) => Array.isArray(resourceLogs),
  read: ({ resourceLogs }, context, readContent) => {
    const records = recordsIn(listOf(resourceLogs));
    if (records.length > context.alertsMax) return undefined;
    const seen = new Map<string, number>();
    const alerts: unknown[] = [];
    for (const record of records) {
      const read = readRecord(record, uuidOf(record, seen), context, readContent);
      if (read === 'too_many' || read === 'unknown') return undefined;
      for (const one of read) alerts.push(one);
    }
    return alerts;
  },
};

/** A record with all that is said about it elsewhere. */
interface Recorded {
  readonly record: JsonObject;
  readonly attributes: JsonObject;
  readonly resource: Resource;
  readonly scope: JsonObject;
  /** Stands for the resource and the scope. */
  readonly place: string;
}

function recordsIn(resourceLogs: readonly unknown[]): Recorded[] {
  return resourceLogs.filter(isObject).flatMap((one) => {
    const resource = resourceOf(at(one, 'resource')['attributes']);
    return listOf(one['scopeLogs']).flatMap((scoped) => {
      const { scope: sent, logRecords } = objectOf(scoped);
      const scope = objectOf(sent);
      const place = uuidV5([resource.key, scope['name']]);
      return listOf(logRecords).map((record) => ({
        record: objectOf(record),
        attributes: valuesOf(objectOf(record)['attributes']),
        resource,
        scope,
        place,
      }));
    });
  });
}

function readRecord(
  recorded: Recorded,
  uuid: string | undefined,
  context: AgentContext,
  readContent: ReadContent,
): ContentReading {
  const body = contentOf(valueOf(recorded.record['body']));
  const rule = ruleOf(recorded);
  const content = rule === undefined || isObject(body) ? readContent(body) : 'unknown';
  if (content === 'too_many') return content;
  if (content !== 'unknown') {
    const told = { time: timeOf(recorded), hostname: hostOf(recorded) };
    return content.map((alert, nth) => {
      const own = uuid === undefined || nth === 0 ? uuid : uuidV5([uuid, nth]);
      return withDefaults(alert, { uuid: own, ...told });
    });
  }
  const priority = priorityOf(recorded);
  const isAlert =
    rule !== undefined || isAtLeast(priority ?? 'informational', context.otlp.minimumPriority);
  return [isAlert ? documentOf(recorded, uuid, priority ?? 'notice', body) : TOO_LOW];
}

const TOO_LOW = new DocumentError(
  'below_minimum',
  'The record is no alert, and less severe than ingest.otlp.minimumPriority.',
);

/** Whoever names a rule sends an alert, however severe. */
function ruleOf({ attributes }: Recorded): string | undefined {
  return firstText(attributes['rule'], attributes['rule.name']);
}

function priorityOf({ record, attributes }: Recorded): Priority | undefined {
  return (
    severityPriority(attributes['priority']) ??
    recordPriority(record['severityText'], textOf(record['severityNumber']))
  );
}

/** Attributes that have a place of their own in an alert. */
const PLACED: ReadonlySet<string> = new Set([
  'uuid',
  'rule',
  'rule.name',
  'priority',
  'source',
  'hostname',
  'tags',
  'timestamp',
]);

function documentOf(
  recorded: Recorded,
  uuid: string | undefined,
  priority: Priority,
  body: unknown,
): AgentDocument {
  const { record, attributes, resource, scope } = recorded;
  const { source, tags } = attributes;
  const parts = isObject(body) ? body : {};
  const about = resource.attributes;
  const name = firstText(record['eventName'], scope['name'], about['service.name']);
  const rule = ruleOf(recorded) ?? name ?? 'Log record';
  return new AgentDocument(AGENT, {
    uuid,
    rule,
    priority: priorityTitle(priority),
    source: firstText(source) ?? AGENT,
    time: timeOf(recorded),
    hostname: hostOf(recorded),
    output: firstText(parts['output'], parts['message']) ?? body ?? rule,
    tags: isText(tags) ? tags.split(',') : tags,
    output_fields: said({
      ...resourceFields(about),
      'otel.resource_cut': resource.isCut || undefined,
      ...prefixed('body', parts),
      'otel.scope': scope['name'],
      'otel.event': record['eventName'],
      'otel.severity': record['severityText'],
      'otel.trace_id': record['traceId'],
      'otel.span_id': record['spanId'],
      ...Object.fromEntries(Object.entries(attributes).filter(([key]) => !PLACED.has(key))),
    }),
  });
}

function resourceFields(resource: JsonObject): JsonObject {
  const image = resource['container.image.name'];
  const [tag] = [resource['container.image.tags'], resource['container.image.tag']].flat();
  return {
    ...prefixed('resource', resource),
    'k8s.ns.name': resource['k8s.namespace.name'],
    'k8s.pod.name': resource['k8s.pod.name'],
    ...containerFields({ id: resource['container.id'], name: containerName(resource) }, image),
    ...said({ 'container.image.tag': tag }),
  };
}

function containerName(resource: JsonObject): unknown {
  return resource['container.name'] ?? resource['k8s.container.name'];
}

function hostOf({ attributes, resource }: Recorded): string | undefined {
  const names = [attributes['hostname'], attributes['host.name']];
  const { attributes: about } = resource;
  return firstText(...names, about['host.name'], about['k8s.node.name']);
}

function timeOf({ record }: Recorded): string | undefined {
  return nanoTime(record['timeUnixNano']) ?? nanoTime(record['observedTimeUnixNano']);
}

const NS_PER_SECOND = 1_000_000_000n;

/** 0 is no time. */
function nanoTime(value: unknown): string | undefined {
  const digits = textOf(value);
  if (!/^\d{1,20}$/.test(digits)) return undefined;
  const ns = BigInt(digits);
  if (ns === 0n) return undefined;
  return timestampTime(Number(ns / NS_PER_SECOND), Number(ns % NS_PER_SECOND));
}

/**
 * A record that is sent again is known by all that it says; `seen` tells apart those of one body that
 * say the same. Without a time, two records that say the same may well be two alerts.
 */
function uuidOf(recorded: Recorded, seen: Map<string, number>): string | undefined {
  const { record, attributes, place } = recorded;
  const sent = senderUuid(attributes['uuid']) ?? senderUuid(attributes['log.record.uid']);
  if (sent !== undefined || timeOf(recorded) === undefined) return sent;
  const uuid = uuidV5([AGENT, place, record]);
  const nth = seen.get(uuid) ?? 0;
  seen.set(uuid, nth + 1);
  return nth === 0 ? uuid : uuidV5([uuid, nth]);
}
