import { openDatagrams } from '../../src/output/datagram-session.ts';
import type { Connection, Delivery } from '../../src/output/define.ts';
import type { Network } from '../../src/output/network.ts';
import { keepSession } from '../../src/output/session.ts';
import { openStream } from '../../src/output/stream-session.ts';
import { framed, messageOf } from './payload.ts';
import { type SyslogSettings, targetOf } from './settings.ts';

/** One connection, or with `confirm` one after the other; with udp a socket that is none. */
export function openConnection(settings: SyslogSettings, network: Network): Connection {
  const { transport, framing, confirm } = settings;
  const target = targetOf(settings);
  if (transport === 'udp') {
    const datagrams = { ...target, textOf: (one: Delivery) => messageOf(one, settings) };
    return keepSession({ open: (signal) => openDatagrams(datagrams, network, signal) });
  }
  const stream = {
    target: { ...target, tls: transport === 'tls' },
    confirm,
    textOf: (one: Delivery) => framed(messageOf(one, settings), framing),
  };
  return keepSession({ open: (signal) => openStream(stream, network, signal) });
}
