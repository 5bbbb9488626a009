import type { Alert } from '../../src/alert.ts';
import type { FactsForm } from '../../src/output/chat-facts.ts';
import { defuseWithin, jsonBytesOf, outputText, quiet } from '../../src/output/chat-text.ts';

/** Teams takes 28 KiB a message: bytes of JSON, of which the frame of a card has less than 2 KiB. */
export const SIZE_MAX = 24_000;

/** The table of both kinds of cards, in Falcosidekick's order. */
export const FACTS: FactsForm = {
  defuse: quiet,
  before: ['rule', 'priority', 'source', 'hostname'],
  after: ['tags'],
  fieldsMax: 60,
  titleMax: 200,
  valueMax: 1000,
  sizeMax: 8000,
  sizeOf: jsonBytesOf,
};

/** The output line in so many bytes of JSON. */
export function outputWithin(alert: Alert, sizeMax: number): string {
  return defuseWithin(quiet, outputText(alert), sizeMax, jsonBytesOf);
}
