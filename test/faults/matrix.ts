import type { Lifetime } from '../support/hub-process.ts';
import { Random } from '../support/random.ts';
import type { Row } from './rows.ts';

/** Runs scenarios, a few at a time where they mostly wait, and collects their rows. */

/** One hub, and what is done to it. */
export interface Scenario {
  /** What is broken. */
  readonly name: string;
  /** Part of the short form. */
  readonly short?: boolean;
  /** It measures, or takes all cores: nothing else runs beside it. */
  readonly alone?: boolean;
  /** Why it cannot run on this machine; undefined: it can. */
  readonly missing?: () => string | undefined;
  run(stage: Stage): Promise<readonly Row[]>;
}

export type Groups = Readonly<Record<string, readonly Scenario[]>>;

/** What a scenario is given: what it starts ends with it. */
export interface Stage extends Lifetime {
  readonly random: Random;
  /** Whether this is the short form. */
  readonly short: boolean;
  /** Tells whoever waits how far it is. */
  tell(text: string): void;
}

export interface MatrixOptions {
  readonly groups: Groups;
  readonly only?: string | undefined;
  readonly short: boolean;
  readonly seed: number;
  /** A line for whoever waits. */
  readonly progress: (text: string) => void;
}

export interface Matrix {
  readonly rows: readonly Row[];
  /** Scenarios that could not run here, and why. */
  readonly missing: readonly string[];
}

/** Scenarios that run at once: a hub takes 150 MB, and senders and destinations share a thread. */
const TOGETHER = 4;

interface Planned {
  readonly name: string;
  readonly scenario: Scenario;
}

export function planOf({
  groups,
  only,
  short,
}: Pick<MatrixOptions, 'groups' | 'only' | 'short'>): Planned[] {
  return Object.entries(groups)
    .filter(([group]) => only === undefined || group === only)
    .flatMap(([group, scenarios]) =>
      scenarios.map((scenario) => ({ name: `${group}: ${scenario.name}`, scenario })),
    )
    .filter(({ scenario }) => !short || scenario.short === true);
}

export async function runMatrix(options: MatrixOptions): Promise<Matrix> {
  const plan = planOf(options);
  const rows = new Map<Planned, readonly Row[]>();
  const missing: string[] = [];
  const startedMs = performance.now();
  const tell = (text: string): void => {
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    options.progress(`[${String(seconds).padStart(3)} s] ${text}`);
  };
  let done = 0;

  async function runOne(planned: Planned): Promise<void> {
    const { name, scenario } = planned;
    const why = scenario.missing?.();
    if (why === undefined) {
      tell(`${name} …`);
      const beganMs = performance.now();
      const own = await play(planned, options, (text) => tell(`${name}: ${text}`));
      rows.set(planned, own);
      const tookS = Math.round((performance.now() - beganMs) / 1000);
      tell(`${name}: ${isGood(own) ? 'holds' : 'BROKEN'} after ${tookS} s`);
    } else {
      missing.push(`${name}: ${why}`);
    }
    done += 1;
    tell(`${done} of ${plan.length}`);
  }

  const together = plan.filter(({ scenario }) => scenario.alone !== true).values();
  const work = async (): Promise<void> => {
    for (const planned of together) await runOne(planned);
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  for (const planned of plan) if (planned.scenario.alone === true) await runOne(planned);
  return { rows: plan.flatMap((planned) => rows.get(planned) ?? []), missing };
}

/** A scenario that throws has broken its promise, whatever it was. */
async function play(
  { name, scenario }: Planned,
  { short, seed }: MatrixOptions,
  tell: Stage['tell'],
): Promise<readonly Row[]> {
  const endings: (() => unknown)[] = [];
  const stage: Stage = {
    short,
    tell,
    random: new Random(seed + sumOfCodes(name)),
    after: (end) => void endings.push(end),
  };
  try {
    return await scenario.run(stage);
  } catch (error) {
    return [failedRow(name, error as Error)];
  } finally {
    for (const end of endings.toReversed()) await end();
  }
}

/** So that a scenario run by itself does what it did among the others. */
function sumOfCodes(text: string): number {
  return Buffer.from(text).reduce((sum, code) => sum + code, 0);
}

function failedRow(fault: string, { message, stack = '' }: Error): Row {
  const at = /\/(test\/[^)]+)/.exec(stack)?.[1] ?? '';
  return {
    fault,
    way: '-',
    sent: 0,
    acknowledged: 0,
    delivered: 0,
    dead: 0,
    suppressed: 0,
    lost: 0,
    duplicated: 0,
    longestWaitMs: 0,
    broken: [`${message} (${at})`],
    note: '',
  };
}

export function isGood(rows: readonly Row[]): boolean {
  return rows.every(({ lost, broken }) => lost === 0 && broken.length === 0);
}
