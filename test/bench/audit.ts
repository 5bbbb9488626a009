import { k8sAudit } from '../../src/ingest/agents/k8s-audit.ts';
import { readAgents } from '../../src/ingest/agents/table.ts';
import { readBody } from '../../src/ingest/body.ts';
import { AGENTS } from '../support/agent-settings.ts';
import { auditBatches } from '../support/audit-corpus.ts';
import { cpuMs } from '../support/cpu-time.ts';
import type { Bench } from './conditions.ts';
import type { Row } from './report.ts';
import { median, range } from './statistics.ts';

const RATIO_MAX = 5;
const EVENTS = 100;
const REQUEST_RESPONSE_BYTES = 8 * 1024;
const LIMITS = { depthMax: 128, bytesMaxSingle: 12 * 1024 * 1024, alertsMax: EVENTS };

/**
 * What an audit event costs from the bytes of its batch to the alerts in it, against `JSON.parse` of
 * the same bytes in the same round: a busy machine slows both.
 */
export function measureAudit(bench: Bench): Promise<Row[]> {
  const scenarios = [
    ['Kubernetes audit, Metadata', batchOf(metadataEvent)],
    ['Kubernetes audit, RequestResponse of 8 kB', batchOf(requestResponseEvent)],
  ] as const;
  return Promise.resolve(
    scenarios.flatMap(([scenario, bytes]) => {
      bench.progress(`  ${scenario}: ${Math.round(bytes.length / EVENTS)} bytes an event`);
      return measure(bench, scenario, bytes);
    }),
  );
}

function measure({ rounds, roundMs, warmUpMs }: Bench, scenario: string, bytes: Buffer): Row[] {
  const parse = (): unknown => JSON.parse(bytes.toString());
  const read = (): unknown => readBatch(bytes);
  for (const work of [parse, read]) usPerEvent(work, warmUpMs / 8);
  const costs = Array.from({ length: rounds }, () => {
    const [bare, own] = [usPerEvent(parse, roundMs), usPerEvent(read, roundMs)];
    return { own, ratio: own / bare };
  });
  const [own, ratios] = [costs.map((cost) => cost.own), costs.map(({ ratio }) => ratio)];
  return [
    { scenario, figure: 'CPU per event', value: median(own), unit: 'us', spread: range(own) },
    {
      scenario,
      figure: 'against JSON.parse',
      value: median(ratios),
      unit: 'x',
      atMost: RATIO_MAX,
      spread: range(ratios),
    },
  ];
}

function usPerEvent(work: () => unknown, forMs: number): number {
  const startedMs = performance.now();
  const before = cpuMs();
  let batches = 0;
  do {
    work();
    batches += 1;
  } while (performance.now() - startedMs < forMs);
  return ((cpuMs() - before) * 1000) / (batches * EVENTS);
}

/** As the door does it. Most events are no alert. */
function readBatch(bytes: Buffer): void {
  const body = readBody(bytes, 'application/json', LIMITS);
  if ('status' in body) throw new Error(body.message);
  const sender = { input: 'http', peer: '192.0.2.1' } as const;
  const context = { ...AGENTS, sender, nowMs: Date.now(), alertsMax: LIMITS.alertsMax };
  const read = readAgents(body.documents, context, k8sAudit);
  if ('status' in read) throw new Error(read.message);
}

function batchOf(event: (at: number) => object): Buffer {
  const items = Array.from({ length: EVENTS }, (_, at) => event(at));
  const list = { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items };
  return Buffer.from(JSON.stringify(list));
}

const SAMPLES = auditBatches.flatMap(({ body }) => body.items);

/** An event of the corpus without its objects. */
function metadataEvent(at: number): object {
  const { requestObject: _request, responseObject: _response, ...event } = sample(at);
  return { ...event, level: 'Metadata' };
}

/** The same with objects of the size that a Deployment has. */
function requestResponseEvent(at: number): object {
  const event = metadataEvent(at);
  const room = REQUEST_RESPONSE_BYTES - JSON.stringify(event).length;
  const requestObject = deploymentOf(room / 2);
  return { ...event, level: 'RequestResponse', requestObject, responseObject: requestObject };
}

function deploymentOf(bytes: number): object {
  const container = {
    name: 'app',
    image: 'registry/app:1.2.3',
    env: Array.from({ length: 8 }, (_, at) => ({ name: `NAME_${at}`, value: `value ${at}` })),
    resources: { limits: { cpu: '500m', memory: '512Mi' } },
  };
  const count = Math.max(1, Math.round((bytes - 200) / JSON.stringify(container).length));
  const containers = Array.from({ length: count }, () => container);
  const metadata = { name: 'app', namespace: 'shop', labels: { app: 'app' } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { containers } };
}

function sample(at: number): Readonly<Record<string, unknown>> {
  return SAMPLES[at % SAMPLES.length]!;
}
