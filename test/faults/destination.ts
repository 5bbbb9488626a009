import { makeAuthority } from '../support/certificates.ts';
import { type CheckingServer, startChecking } from '../support/checking-server.ts';
import { startGateway } from '../support/gateway.ts';
import { type Names, ownNames, whyNoNames } from '../support/names.ts';
import type { Scenario, Stage } from './matrix.ts';
import { type Ailment, answering, outage, type Patient } from './outage.ts';

/** The way to a destination, or the destination itself, is gone for ten of twenty seconds. */

/** What may be under way when a destination goes without a word, and is sent once more. */
const UNDER_WAY = 4;
const SOON = { timeout: '5s' } as const;
const NAME = 'alerts.destination.test';

function webhook(url: string, settings: object = {}): object {
  return { type: 'webhook', url, ...settings };
}

/** Its process has ended: connections there were are cut, new ones are refused. */
const down: Ailment = async (stage) => {
  const seen = await startChecking(stage);
  return patientOf(seen, webhook(seen.url), {
    fall: () => seen.close(),
    mend: () => seen.open(),
    promises: { duplicatesMax: UNDER_WAY },
  });
};

/** Nobody listens yet when the first alert comes. */
const refused: Ailment = async (stage) => {
  const seen = await startChecking(stage);
  await seen.close();
  return patientOf(seen, webhook(seen.url), {
    fall: () => undefined,
    mend: () => seen.open(),
  });
};

const halfOpen: Ailment = async (stage) => {
  const seen = await startChecking(stage);
  const gateway = await startGateway(stage, seen.url);
  return patientOf(seen, webhook(`http://127.0.0.1:${gateway.port}/`, SOON), {
    fall: () => gateway.vanish(),
    mend: () => gateway.comeBack(),
    promises: { duplicatesMax: UNDER_WAY },
  });
};

const wrongCertificate: Ailment = async (stage) => {
  const seen = await startChecking(stage);
  const [known, stranger] = [makeAuthority(), makeAuthority()];
  const gateway = await startGateway(stage, seen.url, known.issueLocalhost());
  const settings = { tls: { caFile: known.certFile } };
  return patientOf(seen, webhook(`https://localhost:${gateway.port}/`, settings), {
    fall: () => gateway.show(stranger.issueLocalhost()),
    mend: () => gateway.show(known.issueLocalhost()),
    promises: { duplicatesMax: UNDER_WAY },
  });
};

const expired: Ailment = async (stage) => {
  const seen = await startChecking(stage);
  const authority = makeAuthority();
  const gateway = await startGateway(stage, seen.url, authority.issueLocalhost());
  const settings = { tls: { caFile: authority.certFile } };
  const notAfter = new Date(Date.now() - 60_000);
  return patientOf(seen, webhook(`https://localhost:${gateway.port}/`, settings), {
    fall: () => gateway.show(authority.issueLocalhost({ notAfter })),
    mend: () => gateway.show(authority.issueLocalhost()),
    promises: { duplicatesMax: UNDER_WAY },
  });
};

/** The names of the one hub that runs in this scenario. */
const namesOf = new WeakMap<Stage, Names>();

function namesIn(stage: Stage): Names {
  const names = namesOf.get(stage) ?? ownNames(stage);
  namesOf.set(stage, names);
  return names;
}

const nameGone: Ailment = async (stage) => {
  const seen = await startChecking(stage);
  const names = namesIn(stage);
  names.know(NAME, 'localhost');
  return patientOf(seen, webhook(`http://${NAME}:${new URL(seen.url).port}/`), {
    fall: async () => {
      names.know('localhost');
      // What is connected needs no name.
      await seen.close();
      await seen.open();
    },
    mend: () => names.know(NAME, 'localhost'),
    promises: { duplicatesMax: UNDER_WAY },
  });
};

function patientOf(
  seen: CheckingServer,
  output: object,
  rest: Omit<Patient, 'output' | 'seen'>,
): Patient {
  return { seen, output, ...rest };
}

const byName: Scenario = {
  ...outage(
    'its name is gone',
    { 'name gone': nameGone },
    {
      place: (stage) => ({ wrapper: namesIn(stage).wrapper }),
    },
  ),
  missing: whyNoNames,
};

export const destination: readonly Scenario[] = [
  outage('away for half the time', {
    'down 10 of 20 s': down,
    'connection refused from the start': refused,
    'connection reset in the request': answering(() => 'resetRequest'),
    'connection reset in the answer': answering(() => 'resetAnswer'),
    'half-open connections': halfOpen,
    'certificate of a stranger': wrongCertificate,
    'expired certificate': expired,
  }),
  byName,
];
