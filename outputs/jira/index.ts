import { defineOutput, type Delivery, type SingleResult } from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { isResolved } from '../../src/output/resolution.ts';
import { addComment, type Context, createIssue, findIssue } from './call.ts';
import { jiraIssue, jiraText, labelOf } from './payload.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'jira',
  title: 'Jira',
  category: 'alerting',
  summary: 'Creates an issue in Jira Cloud or Jira Data Center for each alert, or for several.',
  schema,
  example: {
    url: 'https://example.atlassian.net',
    email: 'hub@example.org',
    apiToken: 'ATATT3xFfGF0',
    project: 'SEC',
  },
  batch: { alertsMax: 1, waitMs: 0 },
  // Two at once would both find no issue yet.
  concurrency: 1,
  // An issue is a record, not a call to wake up.
  staleAfterMs: 0,
  validate: mistakesIn,
  send: (context, deliveries) => sendEach(deliveries, (delivery) => raise(context, delivery)),
});

/** Looks for the alert's issue first: this may be a resend, whose answer got lost. */
async function raise(context: Context, delivery: Delivery): Promise<SingleResult> {
  const { settings } = context;
  const label = labelOf(settings, delivery);
  const isShared = !label.endsWith(delivery.key);
  const created = isShared ? createdBy(settings) : [];
  const found = await findIssue(context, label, { onlyOpen: isShared, created });
  if ('outcome' in found) return found;
  if (found.key === undefined) {
    // Whoever has closed the issue of an alert needs none for its end.
    if (isResolved(delivery.alert)) return { outcome: 'delivered' };
    const issue = await createIssue(context, jiraIssue(settings, delivery, label));
    if ('outcome' in issue) return issue;
    if (Number.isSafeInteger(issue.id)) created.push(issue.id);
    if (created.length > CREATED_MAX) created.shift();
  } else if (isShared && settings.whenOpen === 'comment') {
    return addComment(context, found.key, jiraText(settings, delivery));
  }
  return { outcome: 'delivered' };
}

/** Jira Cloud's search is some seconds behind, except for issues that are named: 50 at most. */
const CREATED_MAX = 50;
const createdBySettings = new WeakMap<object, number[]>();

function createdBy(settings: object): number[] {
  const created = createdBySettings.get(settings) ?? [];
  createdBySettings.set(settings, created);
  return created;
}
