import type { Connection } from '../../src/output/define.ts';
import type { Network } from '../../src/output/network.ts';
import { openPostgres } from '../../src/output/postgres/session.ts';
import { insertOf } from './payload.ts';
import type { TimescaleSettings } from './settings.ts';

export function openConnection(settings: TimescaleSettings, network: Network): Connection {
  return openPostgres(settings, network, (deliveries) => insertOf(settings, deliveries));
}
