import { dialServer } from '../../src/output/conversation.ts';
import type { Connection, SingleResult } from '../../src/output/define.ts';
import { HttpError } from '../../src/output/http-error.ts';
import type { Network } from '../../src/output/network.ts';
import { keepSession, type Session } from '../../src/output/session.ts';
import { createClient } from '../../src/output/redis/client.ts';
import type { Reply } from '../../src/output/redis/replies.ts';
import { commandsOf, loginOf } from './payload.ts';
import { resultOfReply } from './result.ts';
import { type RedisSettings, targetOf } from './settings.ts';

/** One connection, over which all attempts go. */
export function openConnection(settings: RedisSettings, network: Network): Connection {
  const target = targetOf(settings);
  const where = `${target.host}:${target.port}`;
  const results = (reply: Reply): SingleResult => resultOfReply(reply, where);

  async function open(signal: AbortSignal): Promise<Session> {
    const socket = await dialServer(network, { ...target, tls: !settings.plaintext }, signal);
    const client = createClient(socket, where);
    const refused = (await client.call(loginOf(settings))).map(results).find(isFailure);
    if (refused !== undefined) throw new HttpError('network', refused);
    return {
      isOpen: () => !socket.destroyed,
      async send(deliveries) {
        const answers = (await client.call(commandsOf(settings, deliveries))).map(results);
        const [first] = answers;
        return answers.length === deliveries.length || first === undefined
          ? answers
          : deliveries.map(() => first);
      },
    };
  }

  return keepSession({ open });
}

function isFailure(result: SingleResult) {
  return result.outcome !== 'delivered';
}
