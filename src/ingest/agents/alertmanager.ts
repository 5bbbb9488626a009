import { DocumentError } from '../body.ts';
import { uuidV5 } from '../k8s-audit/uuid-v5.ts';
import { isObject } from '../normalise/members.ts';
import { canonicalTime } from '../normalise/time.ts';
import type { Agent, JsonObject } from './agent.ts';
import { AgentDocument } from './agent-document.ts';
import { isText, objectOf, prefixed, said } from './members.ts';

const AGENT = 'alertmanager';

/** Notifications of Alertmanager's webhook, version 4: an alert for each of theirs. */
export const alertmanager: Agent = {
  agent: AGENT,
  recognises: ({ version, groupKey, alerts }) =>
    version === '4' && isText(groupKey) && Array.isArray(alerts),
  read: ({ alerts }, { alertsMax, isEnveloped = false }) => {
    const list = alerts as readonly unknown[];
    if (list.length > alertsMax) return undefined;
    return list.map((alert) => readAlert(alert, isEnveloped));
  },
};

const NO_ALERT = 'An element of `alerts` is no object.';
const LOOP =
  'This alert came from Alertmanager before: route what has `eventsource="alertmanager"` elsewhere.';

/** The output `alertmanager` labels its alerts with their source: one of these has been here. */
function readAlert(alert: unknown, isEnveloped: boolean): AgentDocument | DocumentError {
  if (!isObject(alert)) return new DocumentError('not_an_alert', NO_ALERT);
  const isLoop = objectOf(alert['labels'])['eventsource'] === AGENT;
  return isLoop ? new DocumentError('loop', LOOP) : documentOf(alert, isEnveloped);
}

const PRIORITIES: ReadonlyMap<unknown, string> = new Map([
  ['critical', 'Critical'],
  ['page', 'Critical'],
  ['error', 'Error'],
  ['warning', 'Warning'],
  ['info', 'Informational'],
  ['information', 'Informational'],
  ['none', 'Debug'],
]);

function documentOf(alert: JsonObject, isEnveloped: boolean): AgentDocument {
  const { status, fingerprint, startsAt, endsAt, generatorURL } = alert;
  const labels = objectOf(alert['labels']);
  const annotations = objectOf(alert['annotations']);
  const isResolved = status === 'resolved';
  const { alertname, severity } = labels;
  const rule = isText(alertname) && alertname.trim() !== '' ? alertname : 'Alertmanager alert';
  return new AgentDocument(AGENT, {
    // Alertmanager repeats what goes on; only a fingerprint tells that it is the same.
    uuid: isText(fingerprint) ? uuidV5([AGENT, fingerprint, startsAt, status]) : undefined,
    rule,
    // The end is as severe as its alert was: who was told of the one is told of the other.
    priority: PRIORITIES.get(severity) ?? 'Warning',
    source: AGENT,
    time: canonicalTime(isResolved ? endsAt : startsAt) ?? canonicalTime(startsAt),
    hostname: hostOf(labels),
    output: (isResolved ? '[RESOLVED] ' : '') + lineOf(annotations, rule),
    tags: isResolved ? ['resolved'] : [],
    output_fields: said({
      'k8s.ns.name': labels['namespace'],
      'k8s.pod.name': labels['pod'],
      'container.name': labels['container'],
      'alertmanager.status': status,
      'alertmanager.fingerprint': fingerprint,
      // With the fingerprint what an alert and its end have in common. A program that may write a
      // log must not close incidents by it.
      'alertmanager.starts': isEnveloped ? undefined : startsAt,
      'alertmanager.generator': generatorURL,
      ...prefixed('labels', labels),
      ...prefixed('annotations', annotations),
    }),
  });
}

/** The line that people read. What goes before that of an end is as in Alertmanager’s own templates. */
function lineOf({ summary, description }: JsonObject, rule: string): string {
  return [summary, description].filter(isText).find((text) => text.trim() !== '') ?? rule;
}

/** `worker-01:9376` is a host and a port. */
function hostOf({ node, instance, hostname }: JsonObject): string {
  if (isText(node)) return node;
  if (isText(instance)) return instance.replace(/:\d{1,5}$/, '');
  return isText(hostname) ? hostname : '';
}
