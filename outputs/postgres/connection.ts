import type { Connection } from '../../src/output/define.ts';
import type { Network } from '../../src/output/network.ts';
import { openPostgres } from '../../src/output/postgres/session.ts';
import { insertOf } from './payload.ts';
import type { PostgresSettings } from './settings.ts';

export function openConnection(settings: PostgresSettings, network: Network): Connection {
  return openPostgres(settings, network, (deliveries) => insertOf(settings, deliveries));
}
