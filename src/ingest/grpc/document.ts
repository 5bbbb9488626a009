import { PRIORITIES, priorityTitle } from '../../alert.ts';
import { JsonError, parseLossless } from '../../json.ts';
import { timestampTime } from '../normalise/time.ts';
import { readVerbatim } from '../verbatim.ts';
import { ALERT_DEPTH_MAX } from './limits.ts';
import type { AlertMessage, RejectCode, ValueMessage } from './services.ts';

/** Why an alert of a request is not taken. `word` is stable, and a metric label. */
export interface Refusal {
  readonly code: RejectCode;
  readonly word: string;
  readonly text: string;
}

export type Reading = { readonly document: unknown } | { readonly refusal: Refusal };

/** The document the normaliser takes, in Falco's shape: the sender's own, or made of the fields. */
export function documentOf(alert: AlertMessage | null): Reading {
  if (alert === null) {
    return invalid('no_alert', 'the request holds no alert; set the field alert');
  }
  if (alert.raw_json !== '') return fromJson(alert);
  const priority = TITLES.get(alert.priority);
  if (priority === undefined) {
    return invalid('invalid_priority', 'priority is not set; set one from DEBUG to EMERGENCY');
  }
  const time = timeOf(alert.time);
  if (time === null) {
    return invalid(
      'time_invalid',
      'time is outside the years 1 to 9999; set it right, or not at all',
    );
  }
  return { document: fromFields(alert, priority, time) };
}

export function refuse(code: RejectCode, word: string, text: string): { refusal: Refusal } {
  return { refusal: { code, word, text } };
}

function invalid(word: string, text: string): { refusal: Refusal } {
  return refuse('INVALID', word, text);
}

/** By the names of the enum, as Falco spells them. */
const TITLES: ReadonlyMap<unknown, string> = new Map(
  PRIORITIES.map((priority) => [priority.toUpperCase(), priorityTitle(priority)]),
);

function fromJson({ agent, raw_json }: AlertMessage): Reading {
  if (agent !== '' && agent !== 'falco') {
    return invalid('unsupported_agent', 'raw_json is read as falco only; leave agent empty');
  }
  try {
    const document = readVerbatim(Buffer.from(raw_json));
    return { document: document ?? parseLossless(raw_json, { depthMax: ALERT_DEPTH_MAX }) };
  } catch (error) {
    if (error instanceof JsonError) return invalid(error.code, error.message);
    throw error;
  }
}

function fromFields(alert: AlertMessage, priority: string, time: string | undefined): unknown {
  const document = {
    uuid: alert.uuid,
    time,
    rule: alert.rule,
    priority,
    source: alert.source,
    output: alert.output,
    hostname: alert.hostname,
    tags: alert.tags,
    output_fields: structOf(alert.fields),
  };
  // proto3 cannot tell an empty text from none; the normaliser has a default for none.
  return Object.fromEntries(Object.entries(document).filter(isSet));
}

function isSet([, value]: [string, unknown]): boolean {
  return value !== '' && value !== undefined;
}

/** All nine digits; undefined when the sender gave none, null for what is no time. */
function timeOf(time: AlertMessage['time']): string | undefined | null {
  return time === null ? undefined : (timestampTime(Number(time.seconds), time.nanos) ?? null);
}

function valueOf(value: ValueMessage): unknown {
  if (value.structValue) return structOf(value.structValue.fields);
  if (value.listValue) return value.listValue.values.map(valueOf);
  if (value.numberValue !== undefined) return numberOf(value.numberValue);
  return value.stringValue ?? value.boolValue ?? null;
}

/** What JSON has no number for goes as text, as it does when it comes in as JSON. */
function numberOf(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** The keys that `parseLossless` drops, for the same reason: they are no names but mechanisms. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

/** Recurses no deeper than protobufjs reads: 100 messages within each other. */
function structOf(fields: Readonly<Record<string, ValueMessage>>): Record<string, unknown> {
  const entries = Object.entries(fields).filter(([key]) => !RESERVED.has(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, valueOf(value)]));
}
