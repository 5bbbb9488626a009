import type { Alert } from '../alert.ts';

/**
 * Names of subjects, topics and routing keys that are made of parts of an alert. What comes out of the
 * alert is one token without anything that means something there: no alert can add a level, or a
 * wildcard.
 */

const PLACEHOLDER = /<([a-z]+)>/g;

const PARTS: Readonly<Record<string, (alert: Alert) => string>> = {
  priority: ({ priority }) => priority,
  rule: ({ rule }) => rule,
  source: ({ source }) => source,
  hostname: ({ hostname }) => hostname,
};

/** `<priority>`, `<rule>`, `<source>` and `<hostname>` filled in. */
export function fillTokens(template: string, alert: Alert): string {
  return template.replaceAll(PLACEHOLDER, (_, name: string) => tokenOf(PARTS[name]?.(alert) ?? ''));
}

/** Lower case, with `_` for what is no letter or digit, as Falcosidekick has it; never empty. */
export function tokenOf(text: string): string {
  const token = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return token === '' ? '_' : token;
}

/** Says so where the template has a placeholder that there is not. */
export function placeholderMistake(template: string): string | undefined {
  const unknown = [...template.matchAll(PLACEHOLDER)].find(([, name = '']) => !(name in PARTS));
  return unknown && `has no ${unknown[0]}: there are <${Object.keys(PARTS).join('>, <')}>`;
}

/** The template with a plain word for each placeholder, to look at the rest. */
export function withoutPlaceholders(template: string): string {
  return template.replaceAll(PLACEHOLDER, 'x');
}
