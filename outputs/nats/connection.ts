import { addressOf } from '../../src/output/address.ts';
import type { Connection } from '../../src/output/define.ts';
import { HttpError, httpErrorOf } from '../../src/output/http-error.ts';
import type { Network } from '../../src/output/network.ts';
import { keepSession, type Session } from '../../src/output/session.ts';
import { logIn } from '../../src/output/nats/login.ts';
import { createPublisher } from '../../src/output/nats/publisher.ts';
import { shuffled } from '../../src/output/shuffled.ts';
import { messageOf } from './payload.ts';
import { type NatsSettings, USUAL_PORT } from './settings.ts';

/** One connection to one of the servers, over which all attempts go. */
export function openConnection(settings: NatsSettings, network: Network): Connection {
  return keepSession({ open: (signal) => openSession(settings, network, signal) });
}

/** Asks the servers in any order, so that one that hangs is not the first each time. */
async function openSession(
  settings: NatsSettings,
  network: Network,
  signal: AbortSignal,
): Promise<Session> {
  let failure: unknown;
  for (const server of shuffled(settings.servers)) {
    const address = addressOf(server, USUAL_PORT);
    if (address === undefined) continue;
    try {
      const login = await logIn(settings, network, address, signal);
      const publish = createPublisher(settings, login);
      return {
        isOpen: () => !login.socket.destroyed,
        send: (deliveries) => publish(deliveries.map((one) => messageOf(settings, one))),
      };
    } catch (error) {
      failure = error;
      if (signal.aborted || isAboutLogin(error)) break;
    }
  }
  throw failure;
}

/** The servers of a cluster know the same users. */
function isAboutLogin(error: unknown): boolean {
  return error instanceof HttpError && httpErrorOf(error).failure.reason === 'auth';
}
