import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import type { SendContext, SingleResult } from '../../src/output/define.ts';
import { aboutDestination, type Failure } from '../../src/output/http-error.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { basicAuth, below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { postRequest } from '../../src/output/post-request.ts';
import { isCloud, type JiraIssue, type JiraText } from './payload.ts';
import type { JiraSettings } from './settings.ts';

/** Jira's REST API, as far as it is needed. Rejects with what the HTTP client rejects with. */

export type Context = Pick<SendContext<JiraSettings>, 'settings' | 'http' | 'signal'>;

/** The open issue with a label; `key` is absent where there is none. */
export async function findIssue(
  context: Context,
  label: string,
  { onlyOpen, created }: { readonly onlyOpen: boolean; readonly created: readonly number[] },
): Promise<{ readonly key?: string } | Failure> {
  const open = onlyOpen ? ' AND statusCategory != Done' : '';
  const jql = `project = "${context.settings.project}" AND labels = "${label}"${open}`;
  const query = { jql, fields: ['status'], maxResults: 1 };
  const named = created.length > 0 ? { reconcileIssues: created } : {};
  const answer = isCloud(context.settings)
    ? await post(context, 'search/jql', { ...query, ...named })
    : await post(context, 'search', query);
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered') return aboutDestination(result);
  const { issues } = objectIn(answer);
  if (!Array.isArray(issues)) return foreignAnswer(answer, 'Jira answers with a list of issues');
  const [issue] = issues as readonly { readonly key?: unknown }[];
  return typeof issue?.key === 'string' ? { key: issue.key } : {};
}

/** Creates an issue; `id` is its number, as far as Jira tells. */
export async function createIssue(
  context: Context,
  issue: JiraIssue,
): Promise<{ readonly id: number } | Failure> {
  const answer = await post(context, 'issue', issue);
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered') return refusal(answer, result);
  const { id, key } = objectIn(answer);
  if (typeof key === 'string' && answer.status === 201) return { id: Number(id) };
  return foreignAnswer(answer, 'Jira answers 201 with the key of the issue');
}

export async function addComment(
  context: Context,
  key: string,
  body: JiraText,
): Promise<SingleResult> {
  const answer = await post(context, `issue/${encodeURIComponent(key)}/comment`, { body });
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered') return refusal(answer, result);
  const isOwn = answer.status === 201 && 'id' in objectIn(answer);
  return isOwn ? result : foreignAnswer(answer, 'Jira answers 201 with the comment');
}

function post(
  { settings, http, signal }: Context,
  path: string,
  body: object,
): Promise<HttpAnswer> {
  const { url, email = '', apiToken = '', token } = settings;
  const authorization = token === undefined ? basicAuth(email, apiToken) : `Bearer ${token}`;
  const headers = { authorization, 'content-type': 'application/json', accept: 'application/json' };
  const endpoint = below(url, `/rest/api/${isCloud(settings) ? 3 : 2}/${path}`);
  return http.request(postRequest({ url: endpoint, headers, body }, signal));
}

/** What is wrong with a project, a type or a required field is wrong for all alerts. */
function refusal(answer: HttpAnswer, failure: Failure): Failure {
  if (answer.status !== 400) return failure;
  const { errors } = objectIn(answer);
  const names = Object.keys(typeof errors === 'object' && errors !== null ? errors : {});
  const isAlerts = names.length > 0 && names.every((name) => OF_THE_ALERT.has(name));
  return isAlerts ? failure : aboutDestination(failure);
}

const OF_THE_ALERT: ReadonlySet<string> = new Set(['summary', 'description', 'comment']);
