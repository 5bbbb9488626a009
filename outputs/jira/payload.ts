import { hash } from 'node:crypto';
import type { Delivery } from '../../src/output/define.ts';
import { detailText, factsOf, summaryOf, titleOf } from '../../src/output/details.ts';
import { fittingFields } from '../../src/output/fields.ts';
import { oneLine, truncate } from '../../src/output/format.ts';
import { incidentKeyOf } from '../../src/output/resolution.ts';
import type { JiraSettings } from './settings.ts';

/** Jira's own limits: 255 characters for a summary, 32,767 for a text. */
const SUMMARY_CHARS_MAX = 255;
const LINE_CHARS_MAX = 16_000;
const FIELDS_CHARS_MAX = 12_000;

/** A text as Jira Cloud takes it (Atlassian Document Format), or as Data Center does (wiki markup). */
export type JiraText =
  | string
  | { readonly type: 'doc'; readonly version: 1; readonly content: object[] };

export interface JiraIssue {
  readonly fields: Readonly<Record<string, unknown>> & {
    readonly summary: string;
    readonly description: JiraText;
    readonly labels: readonly string[];
  };
}

/**
 * The issue for an alert.
 *
 * @param label By which it is found again.
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-post
 */
export function jiraIssue(settings: JiraSettings, delivery: Delivery, label: string): JiraIssue {
  const { project, issueType, priorities, labels, fields } = settings;
  const { alert } = delivery;
  const priority = priorities[alert.priority];
  const host = alert.hostname === '' ? '' : ` on ${oneLine(alert.hostname)}`;
  return {
    fields: {
      ...fields,
      project: { key: project },
      issuetype: { name: issueType },
      ...(priority !== undefined && { priority: { name: priority } }),
      summary: truncate(titleOf(alert, SUMMARY_CHARS_MAX) + host, SUMMARY_CHARS_MAX),
      description: jiraText(settings, delivery),
      labels: [...labels, label],
    },
  };
}

/** The output line, and below it all facts and fields with every digit. */
export function jiraText(settings: JiraSettings, delivery: Delivery): JiraText {
  const line = summaryOf(delivery, LINE_CHARS_MAX);
  const table = tableOf(delivery);
  return isCloud(settings) ? document(line, table) : preformatted(`${line}\n\n${table}`);
}

export function isCloud({ token }: Pick<JiraSettings, 'token'>): boolean {
  return token === undefined;
}

function tableOf({ alert }: Delivery): string {
  const facts = Object.entries({ ...factsOf(alert), time: alert.time }).map(([title, value]) => ({
    title,
    value: detailText(value),
  }));
  return [...facts, ...fittingFields(alert.fields, FIELDS_CHARS_MAX)]
    .map(({ title, value }) => `${title}: ${value}`)
    .join('\n');
}

/** @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ */
function document(line: string, table: string): JiraText {
  return {
    type: 'doc',
    version: 1,
    content: [
      { type: 'paragraph', content: [{ type: 'text', text: line }] },
      { type: 'codeBlock', content: [{ type: 'text', text: table }] },
    ],
  };
}

/** Nothing within is markup but the end itself. */
function preformatted(text: string): string {
  return `{noformat}\n${text.replaceAll(/\{noformat/gi, '{ noformat')}\n{noformat}`;
}

/** Letters and digits, whatever the key: it also stands in a query. */
export function labelOf({ dedupKey }: JiraSettings, delivery: Delivery): string {
  const key = incidentKeyOf(dedupKey, delivery, 10_000) ?? delivery.key;
  return `tocsin-${key === delivery.key ? key : hash('sha256', key, 'hex').slice(0, 32)}`;
}
