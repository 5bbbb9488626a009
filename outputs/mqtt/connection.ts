import type { IConnackPacket } from 'mqtt-packet';
import { dialServer } from '../../src/output/conversation.ts';
import type { Connection, Delivery, SingleResult } from '../../src/output/define.ts';
import { type Failure, HttpError } from '../../src/output/http-error.ts';
import type { Network } from '../../src/output/network.ts';
import { oneAtATime } from '../../src/output/one-at-a-time.ts';
import { keepSession, type Session } from '../../src/output/session.ts';
import { createClient, type MqttClient } from '../../src/output/mqtt/client.ts';
import { failureOf, failureOfLogin, resultOf, type Verdict } from '../../src/output/mqtt/result.ts';
import { connectPacket, publishPacket } from './payload.ts';
import { type MqttSettings, targetOf } from './settings.ts';

/** One connection, over which all attempts go, one at a time: a broker takes so many messages at once. */
export function openConnection(settings: MqttSettings, network: Network): Connection {
  const target = targetOf(settings);
  const where = `${target.host}:${target.port}`;

  async function open(signal: AbortSignal): Promise<Session> {
    const socket = await dialServer(network, { ...target, tls: !settings.plaintext }, signal);
    const client = createClient(socket, settings.version === '5' ? 5 : 4, where);
    const answer = client.connack();
    client.write(client.encode(connectPacket(settings)));
    const limits = limitsIn(await answer, settings, where);
    const publish = publisher(settings, client, limits, where);
    const inTurn = oneAtATime();
    return {
      isOpen: () => !socket.destroyed,
      send: (deliveries) => inTurn(signal, () => publish(deliveries)),
      async end() {
        if (socket.writable) client.write(client.encode({ cmd: 'disconnect' }));
      },
    };
  }

  return keepSession({ open });
}

/** What the broker takes. */
interface Limits {
  readonly messagesAtOnce: number;
  readonly packetBytes: number;
}

/** As many numbers as there are; a few hundred at once are plenty. */
const MESSAGES_AT_ONCE = 200;
const MESSAGE_ID_MAX = 65_535;

/** Throws `HttpError` for a broker that lets nobody in, or can less than is asked for. */
function limitsIn(answer: IConnackPacket, settings: MqttSettings, where: string): Limits {
  const { reasonCode, returnCode = 0, properties = {} } = answer;
  const { receiveMaximum = MESSAGES_AT_ONCE, maximumPacketSize, reasonString } = properties;
  const failure =
    failureOfLogin({ code: reasonCode ?? returnCode, text: reasonString }, where) ??
    lackIn(properties, settings, where);
  if (failure !== undefined) throw new HttpError('network', failure);
  return {
    messagesAtOnce: Math.max(1, Math.min(receiveMaximum, MESSAGES_AT_ONCE)),
    packetBytes: maximumPacketSize ?? Number.POSITIVE_INFINITY,
  };
}

function lackIn(
  { maximumQoS = 2, retainAvailable = true }: NonNullable<IConnackPacket['properties']>,
  { qos, retain }: MqttSettings,
  where: string,
): Failure | undefined {
  if (qos > maximumQoS) return failureOf({ code: 0x9b }, where);
  return retain && !retainAvailable ? failureOf({ code: 0x9a }, where) : undefined;
}

/** Sends batches, as many messages at once as the broker takes. */
function publisher(settings: MqttSettings, client: MqttClient, limits: Limits, where: string) {
  const { messagesAtOnce, packetBytes } = limits;
  let lastId = 0;

  async function publish(delivery: Delivery): Promise<SingleResult> {
    lastId = (lastId % MESSAGE_ID_MAX) + 1;
    const bytes = client.encode(publishPacket(settings, delivery, lastId));
    if (bytes.length > packetBytes) return tooLarge(bytes.length, packetBytes, where);
    const answer = settings.qos === 0 ? TAKEN : client.acknowledgement(lastId);
    client.write(bytes);
    return resultOf(await answer, where);
  }

  return async (deliveries: readonly Delivery[]): Promise<SingleResult[]> => {
    const results: SingleResult[] = [];
    for (let from = 0; from < deliveries.length; from += messagesAtOnce) {
      const some = deliveries.slice(from, from + messagesAtOnce);
      results.push(...(await Promise.all(some.map(publish))));
    }
    if (settings.qos === 0) await client.read();
    return results;
  };
}

const TAKEN: Verdict = { code: 0 };

function tooLarge(bytes: number, bytesMax: number, where: string): SingleResult {
  const detail = `${where}: ${bytes} bytes, and it takes ${bytesMax}`;
  return { outcome: 'reject', reason: 'payload', detail };
}
