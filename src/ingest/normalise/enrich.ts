import {
  type FieldValue,
  PRIORITIES,
  type Priority,
  priorityTitle,
  type Provenance,
} from '../../alert.ts';
import { TemplateError, compileTemplate } from '../../template/index.ts';
import { type AddContext, compileContext, type ContextSettings } from './context-fields.ts';
import { type Fields, fieldText } from './fields.ts';
import { type Cuts, textOf } from './text.ts';

type Template = ReturnType<typeof compileTemplate>;

/** What the configuration adds to every alert: the section `normalise`. */
export interface EnrichmentSettings extends ContextSettings {
  readonly customFields: Readonly<Record<string, string>>;
  readonly templatedFields: Readonly<Record<string, string>>;
  readonly customTags: readonly string[];
  readonly bracketReplacer: string;
  readonly outputFieldFormat: string;
}

/** The settings, ready to run. */
export interface Enrichment {
  readonly customTags: readonly string[];
  readonly customFields: readonly (readonly [key: string, value: string])[];
  /** What the hub knows of an alert itself. */
  readonly context: readonly AddContext[];
  readonly templates: readonly {
    readonly key: string;
    readonly template: Template;
  }[];
  readonly bracketReplacer: string;
  readonly outputFieldFormat: string;
  /** Nothing but tags is configured: `enrich` returns its input. */
  readonly isIdle: boolean;
}

/** A template that failed on this alert; what it wrote until then was kept. */
export interface NormaliseNote {
  readonly code: 'template_failed';
  /** The field it was to make. */
  readonly field: string;
  readonly message: string;
}

/** What enrichment reads of an alert. */
export interface Enrichable {
  readonly priority: Priority;
  readonly output: string;
  readonly fields: Fields;
  readonly tags: readonly string[];
  readonly provenance: Provenance;
}

export interface Enriched {
  readonly output: string;
  readonly fields: Fields;
  readonly notes: readonly NormaliseNote[];
}

/** @throws TemplateError on a template that does not compile. */
export function compileEnrichment(settings: EnrichmentSettings): Enrichment {
  const customFields = Object.entries(settings.customFields);
  const templates = Object.entries(settings.templatedFields).map(([key, source]) => ({
    key,
    template: compileTemplate(source),
  }));
  const { customTags, bracketReplacer, outputFieldFormat } = settings;
  const context = compileContext(settings);
  const isIdle =
    customFields.length + templates.length + context.length === 0 &&
    bracketReplacer + outputFieldFormat === '';
  return {
    customTags,
    customFields,
    context,
    templates,
    bracketReplacer,
    outputFieldFormat,
    isIdle,
  };
}

const NO_NOTES: readonly NormaliseNote[] = [];

/**
 * Falcosidekick's additions in Falcosidekick's order: custom fields, templated fields (which may use
 * what the hub adds itself), brackets in names, format of the output. The tags are complete before, because `<tags>` shows them.
 * Falcosidekick would then cut alerts of more than 4 KiB; here every alert has its limits already.
 */
export function enrich(alert: Enrichable, enrichment: Enrichment, cuts: Cuts): Enriched {
  if (enrichment.isIdle) return { output: alert.output, fields: alert.fields, notes: NO_NOTES };
  const fields: Record<string, FieldValue> = { ...alert.fields };
  for (const [key, value] of enrichment.customFields) fields[key] = value;
  for (const add of enrichment.context) add(fields, alert);
  const notes: NormaliseNote[] = [];
  for (const { key, template } of enrichment.templates) {
    fields[key] = fieldText(execute(key, template, fields, notes), cuts);
  }
  const { bracketReplacer, outputFieldFormat } = enrichment;
  return {
    output: outputFieldFormat === '' ? alert.output : formattedOutput(alert, fields, enrichment),
    fields: bracketReplacer === '' ? fields : withoutBrackets(fields, bracketReplacer),
    notes,
  };
}

/** A template that fails keeps what it wrote until then, as in Falcosidekick. */
function execute(
  field: string,
  template: Template,
  fields: Fields,
  notes: NormaliseNote[],
): string {
  try {
    return template.execute(fields);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    notes.push({ code: 'template_failed', field, message: error.message });
    return error.partial;
  }
}

/** `proc.aname[2]` with `_` becomes `proc.aname_2`. */
function withoutBrackets(fields: Fields, replacer: string): Fields {
  const renamed = Object.entries(fields).map(([key, value]) => {
    const name = key.includes('[') ? key.replaceAll(']', '').replaceAll('[', () => replacer) : key;
    return [name, value] as const;
  });
  // Renaming can make the one name that parsing has kept out.
  return Object.fromEntries(renamed.filter(([name]) => name !== '__proto__'));
}

/**
 * Falco's prefix (`16:31:56.746609046: Error `) anywhere in the line. A single character is enough
 * for the clock in front of the point: asking for all of it would try every start within it.
 */
const FALCO_PREFIX = new RegExp(`[0-9:]\\.[0-9]+: (?:${PRIORITIES.join('|')}) `, 'i');
const TOKEN = /<(timestamp|priority|output|custom_fields|templated_fields|tags)>/g;

/**
 * The output rewritten by `outputFieldFormat`; a line without Falco's prefix stays as it is. Tokens
 * are replaced in one pass: one that an attacker writes into the output stays text.
 */
function formattedOutput(alert: Enrichable, fields: Fields, enrichment: Enrichment): string {
  const [timestamp = '', , ...rest] = alert.output.split(' ');
  if (!FALCO_PREFIX.test(alert.output) || rest.length === 0) return alert.output;
  const values = new Map([
    ['timestamp', timestamp.endsWith(':') ? timestamp.slice(0, -1) : timestamp],
    ['priority', priorityTitle(alert.priority)],
    ['output', rest.join(' ')],
    ['custom_fields', pairs(enrichment.customFields)],
    ['templated_fields', pairs(enrichment.templates.map(({ key }) => [key, fields[key]]))],
    ['tags', alert.tags.join(',')],
  ]);
  const text = enrichment.outputFieldFormat.replaceAll(TOKEN, (_, name) => values.get(name) ?? '');
  return OPTIONAL_ENDINGS.reduce(withoutEnding, text);
}

function pairs(entries: readonly (readonly [key: string, value: unknown])[]): string {
  return entries.map(([key, value]) => `${key}=${textOf(value)} `).join('');
}

/** What is left where a format puts something in parentheses and it is empty. */
const OPTIONAL_ENDINGS = [' ', '( )', '()', ' '];

function withoutEnding(text: string, ending: string): string {
  return text.endsWith(ending) ? text.slice(0, -ending.length) : text;
}
