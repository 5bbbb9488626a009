import { type ReceivedRequest, startChecking } from '../support/checking-server.ts';
import type { HubProcess } from '../support/hub-process.ts';
import { createMachine, type Machine } from '../support/machine.ts';
import { numberOf } from '../support/numbered-alerts.ts';
import type { Scenario, Stage } from './matrix.ts';
import { type Ailment, answering, outage } from './outage.ts';
import { NUMBERS_EACH } from './senders.ts';

/** The destination answers, and says no. */

const BATCH_MAX = 10;
/** Puts together what comes in half a second: more than the destination takes. */
const LARGE_BATCHES = { body: 'ndjson', batch: { wait: '500ms' } } as const;

/** One alert of each sender, early on: only while others arrive it is known to be the one to blame. */
function isPoison({ arrivals }: ReceivedRequest): boolean {
  return arrivals.some(({ uuid }) => (numberOf(uuid) ?? 0) % NUMBERS_EACH === 3);
}

function oneInTen(): Ailment {
  let requests = 0;
  return answering(
    () => {
      requests += 1;
      return { status: requests % 10 === 0 ? 500 : 200 };
    },
    { always: true },
  );
}

/** In the form of RFC 9110, 5.6.7. */
function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toUTCString();
}

const tooLarge: Ailment = async (stage) => {
  const patient = await answering(
    ({ arrivals }) => ({ status: arrivals.length > BATCH_MAX ? 413 : 200 }),
    { settings: LARGE_BATCHES, always: true },
  )(stage);
  const { seen } = patient;
  return {
    ...patient,
    examine: () =>
      seen.arrivals.some(({ taken }) => !taken) ? [] : ['no batch was too large: nothing is shown'],
  };
};

/** Whoever is sent there would have the alerts, and the credentials with them. */
const moved: Ailment = async (stage) => {
  const elsewhere = await startChecking(stage);
  const patient = await answering(() => ({ status: 301, headers: { location: elsewhere.url } }))(
    stage,
  );
  return {
    ...patient,
    examine: () => (elsewhere.requests.length === 0 ? [] : ['the redirect was followed']),
  };
};

const WEEKEND_MS = 64 * 3_600_000;
/** Longer than a lane waits before it tries the destination again. */
const LATER_MS = 600_000;
const STEPS = 4;
const machines = new WeakMap<Stage, Machine>();

function machineIn(stage: Stage): Machine {
  const machine = machines.get(stage) ?? createMachine(stage);
  machines.set(stage, machine);
  return machine;
}

function pass(stage: Stage, ms: number): void {
  machineIn(stage).set({ wallMs: ms, monotonicMs: ms });
}

/** Somebody mends the credential on Monday. An attempt during which the clocks jump is made again. */
function unauthorized(underWayMax: number, settings: object = {}): Ailment {
  return async (stage) => {
    const promises = { duplicatesMax: underWayMax };
    const patient = await answering(() => ({ status: 401 }), { settings, promises })(stage);
    return {
      ...patient,
      mend() {
        patient.mend();
        pass(stage, WEEKEND_MS + LATER_MS);
      },
    };
  };
}

/** Both clocks go on by a quarter of it at a time, between the lane's attempts. */
async function passWeekend(stage: Stage): Promise<void> {
  for (let step = 1; step <= STEPS; step += 1) {
    await new Promise((resolve) => setTimeout(resolve, stage.short ? 600 : 2000));
    pass(stage, (WEEKEND_MS * step) / STEPS);
  }
}

/** By the times in its log: or the row would show nothing. */
function hasSeenWeekend(hub: HubProcess) {
  const times = hub.log().map(({ time }) => new Date(time as string | number).getTime());
  const passedMs = Math.max(...times) - Math.min(...times);
  const note = `the hub has seen ${(passedMs / 3_600_000).toFixed(1)} h pass`;
  return { note, broken: passedMs >= WEEKEND_MS ? [] : ['the clocks did not jump'] };
}

export const answers: readonly Scenario[] = [
  outage('it says no', {
    '500 for 10 s': answering(() => ({ status: 500, body: 'out of order' })),
    '500 on one in ten': oneInTen(),
    '429, Retry-After in seconds': answering(() => ({
      status: 429,
      headers: { 'retry-after': '3' },
    })),
    '429, Retry-After as a date': answering(() => ({
      status: 429,
      headers: { 'retry-after': inSeconds(3) },
    })),
    '408 Request Timeout': answering(() => ({ status: 408 })),
    '413 over 10 alerts': tooLarge,
    '301 to another host': moved,
    'one alert always 500': answering((request) => ({ status: isPoison(request) ? 500 : 200 }), {
      settings: { retry: { ageMax: '200ms' } },
      promises: { dead: 1 },
      always: true,
    }),
    'login page with 200': answering(() => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!doctype html><html>Log in</html>',
    })),
  }),
  outage(
    'a weekend',
    {
      '401 for a weekend of 64 h': unauthorized(4),
      '401 for a weekend, in batches': unauthorized(2000, { body: 'ndjson' }),
    },
    {
      place: (stage) => ({ nodeFlags: machineIn(stage).nodeFlags }),
      meanwhile: (_, stage) => passWeekend(stage),
      examine: hasSeenWeekend,
    },
  ),
];
