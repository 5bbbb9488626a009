import { type Static, Type } from 'typebox';
import { byPriority, fromPriority } from '../../src/output/by-priority.ts';
import { checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { dedupKeySetting } from '../../src/output/dedup-key.ts';
import {
  optionalSecret,
  optionalText,
  settingsSchema,
  text,
  textLike,
} from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({ description: 'Address of Jira, `https://example.atlassian.net`.' }),
  email: optionalText('Jira Cloud: account that apiToken belongs to.'),
  apiToken: optionalSecret('Jira Cloud: API token of the account.'),
  token: optionalSecret('Jira Data Center: personal access token.'),
  project: textLike('Key of the project, `SEC`.', '^[A-Z][A-Z0-9_]{1,49}$'),
  issueType: Type.String({ description: 'Type of the issues.', default: 'Task', minLength: 1 }),
  priorities: byPriority(text("Name of Jira's priority."), {
    description:
      "Jira's priority for one of ours. One that is not named here gets the standard of the project; `{}` is for projects without priorities.",
    default: fromPriority({
      debug: 'Lowest',
      warning: 'Low',
      error: 'Medium',
      critical: 'High',
      alert: 'Highest',
    }),
  }),
  labels: Type.Array(Type.String({ pattern: '^[^\\s]{1,255}$' }), {
    description: 'Labels of every issue, before the one that the hub finds it by.',
    maxItems: 20,
    default: [],
  }),
  fields: Type.Record(Type.String(), Type.Unknown(), {
    description:
      'More fields of every issue, as the REST API names them: `{ components: [{ name: Falco }], customfield_10010: 1 }`.',
    default: {},
  }),
  dedupKey: dedupKeySetting('issue while it is open', 'Empty: the same.'),
  whenOpen: Type.Enum(['comment', 'ignore'], {
    description:
      'With dedupKey, what an alert does whose issue is open. comment: it becomes a comment. ignore: nothing.',
    default: 'comment',
  }),
});

/** Defaults filled in. */
export type JiraSettings = Static<typeof schema>;

/** Cloud wants an account with a token, Data Center a token alone. */
export function mistakesIn({ url, email, apiToken, token }: JiraSettings): Mistake[] {
  const mistakes = checkHttpUrl('url', url);
  if (token === undefined) {
    for (const [path, value] of Object.entries({ email, apiToken })) {
      if (value === undefined) mistakes.push({ path, message: 'is missing, or token' });
    }
  } else if (email !== undefined || apiToken !== undefined) {
    const path = email === undefined ? 'apiToken' : 'email';
    mistakes.push({ path, message: 'counts only without token' });
  }
  return mistakes;
}
