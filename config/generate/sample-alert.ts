import type { Alert } from '../../src/alert.ts';
import { alertToJson, deliveryKey } from '../../src/json.ts';
import type { Delivery } from '../../src/output/define.ts';

/** The alert that the READMEs of the outputs show. */
export const ALERT: Alert = {
  uuid: '019f8a32-5c1e-7d0b-9a3c-2f1d6b7a9c10',
  time: '2026-08-11T00:04:09.137331079Z',
  receivedAt: '2026-08-11T00:04:09.150Z',
  priority: 'warning',
  rule: 'Read sensitive file untrusted',
  source: 'syscall',
  output:
    'Sensitive file opened for reading | file=/etc/shadow user=jenkins command=cat /etc/shadow',
  hostname: 'gpu-node-1',
  tags: ['T1555', 'container', 'filesystem'],
  fields: {
    'evt.time': JSON.rawJSON('1786406649137331079'),
    'fd.name': '/etc/shadow',
    'k8s.ns.name': 'shop',
    'proc.cmdline': 'cat /etc/shadow',
    'user.name': 'jenkins',
  },
  ingest: { input: 'http', agent: 'falco' },
};

export function sampleDelivery(): Delivery {
  const json = alertToJson(ALERT);
  const receivedAtMs = Date.parse(ALERT.receivedAt);
  const { priority, ingest } = ALERT;
  return { alert: ALERT, priority, ingest, json, key: deliveryKey(json), receivedAtMs };
}

/** Whether a text tells of the alert, for a request may be for something else: a token, a search. */
export function tellsOfAlert(text: string): boolean {
  return [ALERT.rule, ALERT.uuid, ALERT.hostname].some((part) => text.includes(part));
}
