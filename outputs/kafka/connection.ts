import { addressOf } from '../../src/output/address.ts';
import type { Connection } from '../../src/output/define.ts';
import type { HttpClient } from '../../src/output/http.ts';
import { openProducer } from '../../src/output/kafka/producer.ts';
import type { Network } from '../../src/output/network.ts';
import { recordMaker } from './payload.ts';
import { resultOfRefusal } from './result.ts';
import type { KafkaSettings } from './settings.ts';

/** A producer for all attempts, by its settings. */
export function openConnection(
  settings: KafkaSettings,
  network: Network,
  http: HttpClient,
): Connection {
  const brokers = settings.brokers.flatMap((broker) => addressOf(broker) ?? []);
  return openProducer(
    { ...settings, brokers },
    {
      network,
      http,
      recordOf: recordMaker(settings),
      refusalOf: (refusal) => resultOfRefusal(settings.topic, refusal),
    },
  );
}
