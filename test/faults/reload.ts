import { setTimeout as pause } from 'node:timers/promises';
import { readBooks } from '../support/accounts.ts';
import { type CheckingServer, startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { type HubConfig, type HubProcess, startHub } from '../support/hub-process.ts';
import type { Scenario, Stage } from './matrix.ts';
import { reload } from './neighbours.ts';
import { type Row, rowsOf, settled } from './rows.ts';
import { createSenders, sendSteadily, WAYS } from './senders.ts';

/** Reloads under load: outputs come, go, change their names and their credentials. */

const RELOADS = 50;
const RELOADS_SHORT = 6;
/** Alerts a second from each sender. */
const RATE = 50;

interface Servers {
  readonly kept: CheckingServer;
  readonly renamed: CheckingServer;
  readonly guarded: CheckingServer;
  readonly coming: CheckingServer;
}

/** One of the outputs has another name after each reload, another a new password. */
function configAt(turn: number, { kept, renamed, guarded, coming }: Servers): HubConfig {
  const webhook = ({ url }: CheckingServer): object => ({ type: 'webhook', url });
  const formerly = turn === 0 ? {} : { formerly: `name${turn - 1}` };
  const headers = { authorization: `Bearer password-${turn}` };
  return {
    ingest: { grpc: {} },
    outputs: {
      kept: webhook(kept),
      guarded: { ...webhook(guarded), headers },
      [`name${turn}`]: { ...webhook(renamed), ...formerly },
      ...(turn % 2 === 1 && { coming: webhook(coming) }),
    },
  };
}

async function reloadOften(stage: Stage): Promise<Row[]> {
  const slow = { status: 200, afterMs: 8 };
  let turn = 0;
  const servers: Servers = {
    kept: await startChecking(stage, () => slow),
    renamed: await startChecking(stage, () => slow),
    // The password of the last configuration, or of the one before: both are valid for a moment.
    guarded: await startChecking(stage, ({ headers }) => {
      const known = [turn, turn - 1, turn + 1].map((one) => `Bearer password-${one}`);
      return known.includes(headers.authorization ?? '') ? slow : { status: 401 };
    }),
    coming: await startChecking(stage, () => slow),
  };
  const hub = await startHub(stage, configAt(0, servers));
  const senders = createSenders(stage, hub, WAYS);
  const sending = sendSteadily(stage, senders, RATE);
  const turns = stage.short ? RELOADS_SHORT : RELOADS;
  for (let next = 1; next <= turns; next += 1) {
    await pause(50 + stage.random.below(200));
    await reload(hub, configAt(next, servers));
    turn = next;
  }
  await pause(500);
  await sending.stop();
  // It is there at the end, so that what waited for it can go.
  await reload(hub, configAt(turns + 1 - (turns % 2), servers));
  const outputs = { kept: servers.kept, [`name${turns + 1 - (turns % 2)}`]: servers.renamed };
  const rows: Row[] = [];
  for (const [output, seen] of Object.entries({ ...outputs, guarded: servers.guarded })) {
    await settled(hub, output, seen, senders);
    const fault = `${turns} reloads, ${output.replace(/\d+/, '')}`;
    rows.push(...rowsOf({ hub, fault, output, seen }, senders));
  }
  const broken = await examineComing(hub, servers.coming);
  return rows.map((row, i) => (i === 0 ? { ...row, broken: [...row.broken, ...broken] } : row));
}

/** What it gets hangs on when it was there; whatever that was, it gets it once, and nothing waits. */
async function examineComing(hub: HubProcess, { taken }: CheckingServer): Promise<string[]> {
  const waiting = (): number => readBooks(hub, 'coming').waiting.size;
  await eventually('what waited for it goes', () => waiting() === 0).catch(() => undefined);
  const { dead, suppressed, mismatch } = readBooks(hub, 'coming');
  const twice = [...taken.values()].filter((times) => times > 1).length;
  const figures = { waiting: waiting(), dead: dead.size, suppressed, mismatch, twice };
  const isGood = Object.values(figures).every((figure) => figure === 0) && taken.size > 0;
  return isGood ? [] : [`the output that comes and goes: ${JSON.stringify(figures)}`];
}

export const reloads: readonly Scenario[] = [
  { name: 'reloads under load', short: true, run: reloadOften },
];
