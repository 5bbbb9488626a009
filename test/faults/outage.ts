import { setTimeout as pause } from 'node:timers/promises';
import {
  type Behaviour,
  OK,
  type ReceivedRequest,
  startChecking,
} from '../support/checking-server.ts';
import {
  type HubConfig,
  type HubPlace,
  type HubProcess,
  startHub,
} from '../support/hub-process.ts';
import type { Scenario, Stage } from './matrix.ts';
import { type Promises, type Row, rowsOf, type Seen, settled } from './rows.ts';
import { createSenders, type Sender, sendSteadily, WAYS } from './senders.ts';

/**
 * One hub with many outputs, each of which has an ailment of its own for ten of twenty seconds, while
 * alerts come in every way there is.
 */

/** An output and the destination behind it. */
export interface Patient {
  readonly output: object;
  readonly seen: Seen;
  /** Makes the destination ill. */
  readonly fall: () => unknown;
  /** Makes it well. */
  readonly mend: () => unknown;
  readonly promises?: Promises;
  /** What else must be so when all is over. */
  readonly examine?: () => string[];
}

/** Makes a patient; `name` is its output's. */
export type Ailment = (stage: Stage) => Promise<Patient>;

export interface OutageOptions {
  readonly config?: Partial<HubConfig>;
  readonly place?: (stage: Stage) => HubPlace;
  /** What happens to the hub while its destinations are ill. */
  readonly meanwhile?: (hub: HubProcess, stage: Stage) => Promise<void>;
  /** What else must be so of the hub, and what the first row has to say. */
  readonly examine?: (hub: HubProcess) => Pick<Row, 'broken' | 'note'>;
}

/** Alerts a second from each sender: some twenty outputs of four scenarios share two cores. */
const RATE = 15;

/** A scenario with a row for each ailment and way. */
export function outage(
  name: string,
  ailments: Readonly<Record<string, Ailment>>,
  options: OutageOptions = {},
): Scenario {
  return { name, short: true, run: (stage) => runOutage(stage, ailments, options) };
}

async function runOutage(
  stage: Stage,
  ailments: Readonly<Record<string, Ailment>>,
  { config = {}, place, meanwhile, examine }: OutageOptions,
): Promise<Row[]> {
  const patients: [string, Patient][] = [];
  for (const [fault, ailment] of Object.entries(ailments)) {
    patients.push([fault, await ailment(stage)]);
  }
  const outputs = Object.fromEntries(
    patients.map(([fault, { output }]) => [nameOf(fault), output]),
  );
  const hub = await startHub(
    stage,
    { ingest: { grpc: {} }, outputs, ...config },
    place?.(stage) ?? {},
  );
  const senders = createSenders(stage, hub, WAYS);
  const sending = sendSteadily(stage, senders, RATE);
  const [wellMs, illMs] = stage.short ? [1000, 3000] : [5000, 10_000];
  await pause(wellMs);
  for (const [, { fall }] of patients) await fall();
  await Promise.all([pause(illMs), meanwhile?.(hub, stage)]);
  for (const [, { mend }] of patients) await mend();
  await pause(wellMs);
  await sending.stop();
  const rows = await Promise.all(
    patients.map(([fault, patient]) => rowsAfter(hub, fault, patient, senders)),
  );
  const [first, ...others] = rows.flat() as [Row, ...Row[]];
  const { broken, note } = examine?.(hub) ?? { broken: [], note: first.note };
  return [{ ...first, note, broken: [...first.broken, ...broken] }, ...others];
}

async function rowsAfter(
  hub: HubProcess,
  fault: string,
  { seen, promises = {}, examine }: Patient,
  senders: readonly Sender[],
): Promise<Row[]> {
  const output = nameOf(fault);
  await settled(hub, output, seen, senders);
  const broken = [...(promises.broken ?? []), ...(examine?.() ?? [])];
  return rowsOf({ hub, fault, output, seen }, senders, { ...promises, broken });
}

/** Names of outputs are letters, digits and hyphens. */
function nameOf(fault: string): string {
  return fault.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

export interface AnswerOptions {
  readonly settings?: object;
  readonly promises?: Promises;
  /** Whether it is like this all the time, and never mends. */
  readonly always?: boolean;
}

/** A webhook that answers like this while it is ill. */
export function answering(
  behave: (request: ReceivedRequest) => Behaviour,
  { settings = {}, promises = {}, always = false }: AnswerOptions = {},
): Ailment {
  return async (stage) => {
    let isIll = always;
    const seen = await startChecking(stage, (request) => (isIll ? behave(request) : OK));
    return {
      output: { type: 'webhook', url: seen.url, ...settings },
      seen,
      promises,
      fall: () => void (isIll = true),
      mend: () => void (isIll = always),
    };
  };
}
