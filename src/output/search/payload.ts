import type { Alert, FieldValue } from '../../alert.ts';
import { alertToJson, goJson } from '../../json.ts';
import type { Delivery } from '../define.ts';
import { ecsMembers } from '../ecs.ts';
import { detectionFinding } from '../ocsf.ts';
import type { SearchSettings } from './settings.ts';

/**
 * The two lines of a bulk request that write one alert: once, whatever becomes of the answer, since
 * `create` refuses an `_id` that is there.
 */
export function bulkLines(delivery: Delivery, settings: SearchSettings): [string, string] {
  return [actionOf(delivery, settings), documentOf(delivery, settings)];
}

/**
 * The same for an alert that the mapping refused: the fields that the answers named, or all of them
 * where one named none, stand in `output_fields_unmapped`, as JSON within a text. An object there
 * would bring back what was refused: two names that cannot be side by side, or a name that is none.
 *
 * @param reasons Of every refusal so far.
 */
export function remediedLines(
  delivery: Delivery,
  settings: SearchSettings,
  reasons: readonly string[],
): [string, string] {
  const alert = alertOf(delivery, settings);
  const fields = Object.entries(alert.fields);
  const tests = reasons.map(fieldTest);
  const areNamed = tests.length > 0 && tests.every((isNamed) => fields.some(isNamed));
  const isUnmapped = (field: Field) => !areNamed || tests.some((isNamed) => isNamed(field));
  const unmapped = goJson(goJson(Object.fromEntries(fields.filter(isUnmapped))));
  const kept = { ...alert, fields: Object.fromEntries(fields.filter((one) => !isUnmapped(one))) };
  const more = `,"output_fields_unmapped":${unmapped}`;
  const document = inFormat(kept, alertToJson(kept), settings, more);
  return [actionOf(delivery, settings), document];
}

type Naming = Pick<SearchSettings, 'index' | 'suffix' | 'dataStream'>;

/** The index of an alert is settled when the hub takes it in: a resend finds the first one's `_id`. */
export function indexOf(delivery: Pick<Delivery, 'receivedAtMs'>, settings: Naming): string {
  const { index, suffix, dataStream } = settings;
  if (dataStream !== undefined) return dataStream;
  if (suffix === 'none') return index;
  return `${index}-${dayOf(delivery.receivedAtMs).slice(0, DATE_LENGTH[suffix])}`;
}

const DAY_MS = 86_400_000;
let lastDay = { number: 0, text: '1970.01.01' };

/** `2026.08.11`, in UTC. Spelled out once a day, in which much may come. */
function dayOf(timeMs: number): string {
  const number = Math.floor(timeMs / DAY_MS);
  if (lastDay.number !== number) {
    const date = new Date(number * DAY_MS).toISOString().slice(0, 10);
    lastDay = { number, text: date.replaceAll('-', '.') };
  }
  return lastDay.text;
}

const DATE_LENGTH = { daily: 10, monthly: 7, annually: 4 } as const;

function actionOf(delivery: Delivery, settings: Naming): string {
  const index = JSON.stringify(indexOf(delivery, settings));
  return `{"create":{"_index":${index},"_id":"${delivery.key}"}}`;
}

function documentOf(delivery: Delivery, settings: SearchSettings): string {
  const { format, flattenFields } = settings;
  if (format === 'falco' && !flattenFields) return stamped(timeIn(delivery.json), delivery.json);
  const alert = alertOf(delivery, settings);
  const json = flattenFields ? alertToJson(alert) : delivery.json;
  return inFormat(alert, json, settings);
}

/** The alert with its fields named as they are to be. */
function alertOf({ alert }: Delivery, { flattenFields }: SearchSettings): Alert {
  return flattenFields ? { ...alert, fields: flattened(alert.fields) } : alert;
}

/**
 * @param json The alert, which is sent as it is, for that keeps the digits of its numbers.
 * @param more Members to be added, each behind a comma.
 */
function inFormat(alert: Alert, json: string, { format }: SearchSettings, more = ''): string {
  const extended = (text: string): string => `${text.slice(0, -1)}${more}}`;
  if (format === 'falco') return stamped(alert.time, extended(json));
  if (format === 'ocsf') return stamped(alert.time, extended(goJson(detectionFinding(alert))));
  const members = goJson(ecsMembers(alert)).slice(1, -1);
  return `{"@timestamp":"${alert.time}",${members},"falco":${extended(json)}}`;
}

function stamped(time: string, text: string): string {
  return `{"@timestamp":"${time}",${text.slice(1)}`;
}

const TIME = /,"time":"([^"]+)"/;

/**
 * The alert's time without parsing the alert. Only strings stand before it, and a quote within them
 * is escaped, so the first match is the key itself.
 */
function timeIn(json: string): string {
  return TIME.exec(json)?.[1] ?? '';
}

/** `_` for the dots; a name that would then be there twice keeps its dots. */
function flattened(fields: Alert['fields']): Alert['fields'] {
  const taken = new Set(Object.keys(fields));
  const entries = Object.entries(fields).map(([name, value]): Field => {
    const flat = name.replaceAll('.', '_');
    if (flat !== name && taken.has(flat)) return [name, value];
    taken.add(flat);
    return [flat, value];
  });
  return Object.fromEntries(entries);
}

type Field = [name: string, value: FieldValue];

/** How servers write the path of a field: `[output_fields.proc.tty]`, `"output_fields.proc.tty"`. */
const FIELD_PATH = /[["](?:falco\.|unmapped\.)?output_fields\.([^\]"]+)/g;

/** What follows quotes the value, in which anything may be written. */
const QUOTED_VALUE = 'Preview of field';

/** A name may hold the bracket or quote at which its path was cut. */
const NAME_GOES_ON = /^[.\]"]/;

/** Finds the fields that a refusal names, and those below them. */
function fieldTest(reason: string): (field: Field) => boolean {
  const [said = ''] = reason.split(QUOTED_VALUE, 1);
  const named = Array.from(said.matchAll(FIELD_PATH), ([, name]) => name as string);
  return ([name]) =>
    named.some((path) => {
      const rest = name.startsWith(path) ? name.slice(path.length) : undefined;
      return rest === '' || (rest !== undefined && NAME_GOES_ON.test(rest));
    });
}
