import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { agentOf } from '../../../src/ingest/agents/agent-document.ts';
import type { AgentContext } from '../../../src/ingest/agents/agent.ts';
import { readAgents } from '../../../src/ingest/agents/table.ts';
import { DocumentError, readBody } from '../../../src/ingest/body.ts';
import { createMapping } from '../../../src/ingest/mapping/mapping.ts';
import { normalise } from '../../../src/ingest/normalise/normalise.ts';
import { AGENTS } from '../../support/agent-settings.ts';
import { auditBatches, auditLogLines } from '../../support/audit-corpus.ts';
import { EVERY_SETTING } from '../../support/mapping-settings.ts';
import { heldBytes } from '../memory.ts';
import { context as stored } from '../stored.ts';
import { seedsOf, type Target } from '../target.ts';

/** Documents of all other agents, told apart by their shape, and JSON that a mapping reads. */

const DATA = new URL('../../data/', import.meta.url);
const SEED_CHARS_MAX = 8192;

function linesOf(name: string): string[] {
  return readFileSync(new URL(name, DATA), 'utf8').trim().split('\n');
}

const wholes = ['alertmanager/webhook.json', 'otlp/logs.json'].map((name) =>
  JSON.stringify(JSON.parse(linesOf(name).join('\n'))),
);
const { requests } = JSON.parse(linesOf('cloudevents/requests.json').join('\n')) as {
  readonly requests: readonly { readonly body: string }[];
};

const mapping = createMapping('own', { ...EVERY_SETTING, match: 'event.kind == "own"' });
const MAPPED = JSON.stringify({
  kind: 'own',
  list: [{ id: 1, time: 1_786_406_401.5, 'any name': 'r', level: '7', hosts: [{ name: 'h' }] }],
});

const LIMITS = { depthMax: 128, alertsMax: 1000, bytesMaxSingle: 1024 * 1024 };

const context: AgentContext = {
  ...AGENTS,
  mappings: [mapping],
  sender: { input: 'http', peer: '192.0.2.1' },
  nowMs: stored.nowMs,
  alertsMax: LIMITS.alertsMax,
  cluster: 'prod',
};

export const agents: Target = {
  name: 'agents',
  seeds: seedsOf(
    [
      ...linesOf('tracee/events.ndjson'),
      ...linesOf('tetragon/events.ndjson'),
      ...auditLogLines,
      ...auditBatches.map(({ body }) => JSON.stringify(body)),
      ...requests.map(({ body }) => body),
      ...wholes,
      MAPPED,
    ].filter(({ length }) => length > 0 && length <= SEED_CHARS_MAX),
  ),
  words: [
    '"kind":"EventList",',
    '"apiVersion":"audit.k8s.io/v1",',
    '"stage":"ResponseStarted",',
    '"specversion":"1.0",',
    '"data_base64":"e30=",',
    '"version":"4","groupKey":"",',
    '"alerts":',
    '"items":null,',
    '"resourceLogs":',
    '"process_kprobe":',
    '"workload":',
    '"kind":"own","list":',
    '"time":{"seconds":1,"nanos":-1}',
    '0001-01-01T00:00:00Z',
  ],
  memoryBytes: heldBytes,
  check(input) {
    const body = readBody(input, undefined, LIMITS);
    if ('status' in body) return;
    const read = readAgents(body.documents, context);
    if ('status' in read) return assert.equal(read.status, 413);
    for (const one of read) {
      if (one instanceof DocumentError) continue;
      const result = normalise(one, stored);
      // What is in another format is an alert, whatever is in it; Falco's own has rules.
      if (!result.ok) assert.equal(agentOf(one), 'falco', `refused: ${result.code}`);
    }
  },
};
