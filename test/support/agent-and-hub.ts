import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import type { Provenance } from '../../src/alert.ts';
import { makeAuthority } from './certificates.ts';
import { type CheckingServer, startChecking } from './checking-server.ts';
import { freePort } from './free-port.ts';
import { type HubConfig, type HubProcess, startHub } from './hub-process.ts';
import { temporaryDirectory } from './queue-directory.ts';

/** An agent with the configuration of the examples, the hub it brings its alerts to, and a destination. */
export interface AgentAndHub {
  readonly agent: HubProcess;
  readonly hub: HubProcess;
  /** What the hub delivers to. */
  readonly server: CheckingServer;
  /** What the agent reads, on this machine. */
  readonly falcoLog: string;
  readonly auditLog: string;
  readonly falcoSocket: string;
  readonly auditdPort: number;
}

/** The sender that the agent's token stands for. */
export const AGENT = 'node-1';
const TOKEN = 'a-token-of-the-agent';
const EXAMPLE = new URL('../../config/examples/agent.yaml', import.meta.url);

export async function startAgentAndHub(t: TestContext): Promise<AgentAndHub> {
  const authority = makeAuthority();
  const server = await startChecking(t);
  const { certFile, keyFile } = authority.issueLocalhost();
  const tokens = [{ name: AGENT, token: TOKEN }];
  const hub = await startHub(t, {
    ingest: { grpc: { tls: { certFile, keyFile }, auth: { tokens } } },
    outputs: { checked: { type: 'webhook', url: server.url, body: 'ndjson' } },
  });
  const logs = temporaryDirectory(t);
  mkdirSync(join(logs, 'containers'));
  const falcoSocket = `unix://${join(logs, 'falco.sock')}`;
  const auditdPort = await freePort();
  const auditLog = join(logs, 'audit.log');
  const example = parse(readFileSync(EXAMPLE, 'utf8')) as Example;
  const { file, falcoGrpc, auditd } = example.inputs;
  const { bytesMax, whenFull } = example.queue;
  const agent = await startHub(t, {
    queue: { bytesMax, whenFull },
    inputs: {
      file: {
        // The file may be there before the input has looked for the first time.
        falco: { ...file.falco, start: 'beginning', paths: [join(logs, 'containers/falco-*.log')] },
        audit: { ...file.audit, paths: [auditLog] },
      },
      falcoGrpc: { here: { ...falcoGrpc.here, targets: [falcoSocket] } },
      auditd: { ...auditd, address: `127.0.0.1:${auditdPort}` },
    },
    outputs: {
      hub: {
        ...example.outputs.hub,
        address: hub.grpc().replace('127.0.0.1', 'localhost'),
        token: TOKEN,
        tls: { caFile: authority.certFile },
      },
    },
  });
  const falcoLog = join(logs, 'containers/falco-x7k2p_falco_falco-c0ffee.log');
  return { agent, hub, server, falcoLog, auditLog, falcoSocket, auditdPort };
}

interface Example extends HubConfig {
  readonly queue: { readonly bytesMax: string; readonly whenFull: string };
  readonly inputs: {
    readonly file: { readonly falco: object; readonly audit: object };
    readonly falcoGrpc: { readonly here: object };
    readonly auditd: object;
  };
  readonly outputs: { readonly hub: object };
}

/** An alert as the queue of a hub has it. */
export interface KeptAlert {
  readonly rule: string;
  readonly json: string;
  readonly ingest: Provenance;
}

/** All alerts that a hub has taken, but for its own and those of other hubs about themselves. */
export function keptBy({ queueDirectory }: HubProcess): readonly KeptAlert[] {
  const path = join(queueDirectory, 'queue.db');
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const rows = db
      .prepare('SELECT rule, ingest, CAST(body AS TEXT) AS json FROM alert WHERE source <> ?')
      .all('tocsin') as { rule: string; ingest: string; json: string }[];
    return rows.map((row) => ({ ...row, ingest: JSON.parse(row.ingest) as Provenance }));
  } finally {
    db.close();
  }
}
