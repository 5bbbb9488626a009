import { addressOf } from '../../src/output/address.ts';
import { type Draft, isSet, listOf, put, textOf } from './draft.ts';

const PORT = 8125;
const TAGS_MAX = 32;
const PREFIX = /^[A-Za-z0-9_.-]*$/;

/** Translates Falcosidekick's StatsD and DogStatsD, which get its counters. */
export function translateCounters(draft: Draft): void {
  for (const section of ['statsd', 'dogstatsd'] as const) {
    const forwarder = `${section}.forwarder`;
    const address = textOf(draft, forwarder);
    if (address === '') continue;
    if (addressOf(address, PORT) === undefined) {
      const message = 'is not host:port: no counters are sent there';
      draft.warnings.push({ code: 'sidekick_address', key: forwarder, message });
      continue;
    }
    put(draft, ['metrics', section, 'address'], address, forwarder);
    translatePrefix(draft, section);
    translateTags(draft, section);
  }
}

function translatePrefix(draft: Draft, section: string): void {
  const key = `${section}.namespace`;
  if (!isSet(draft, key)) return;
  const prefix = textOf(draft, key);
  if (PREFIX.test(prefix)) {
    put(draft, ['metrics', section, 'prefix'], prefix, key);
    return;
  }
  const message = 'has characters that stand in no name: `falcosidekick.` is used';
  draft.warnings.push({ code: 'sidekick_entry', key, message });
}

function translateTags(draft: Draft, section: string): void {
  const key = `${section}.tags`;
  const tags = listOf(draft, key)
    .filter((tag) => tag !== '')
    .slice(0, TAGS_MAX);
  if (tags.length === 0) return;
  if (section === 'dogstatsd') {
    put(draft, ['metrics', section, 'tags'], tags, key);
    return;
  }
  const message = 'has no effect: StatsD knows no tags; dogstatsd does';
  draft.warnings.push({ code: 'sidekick_value', key, message });
}
