import { acceptAnyButPage, foreignAnswer } from '../../src/output/answer.ts';
import { checkWebhookUrl, defineChat } from '../../src/output/chat-output.ts';
import type { SingleResult } from '../../src/output/define.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { isConnector, teamsMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'teams',
  title: 'Microsoft Teams',
  summary: 'Posts alerts to a channel or chat of Microsoft Teams through a workflow.',
  schema,
  example: {
    webhookUrl:
      'https://prod-00.westeurope.logic.azure.com/workflows/XXXX/triggers/manual/paths/invoke?sig=XXXX',
  },
  validate: checkWebhookUrl,
  requestOf: (settings, deliveries) => ({
    url: settings.webhookUrl,
    body: teamsMessage(settings, deliveries),
  }),
  resultOf: (answer, settings) =>
    isConnector(settings) ? resultOfConnector(answer) : resultOfWorkflow(answer),
});

/** A workflow says 202 and nothing, or what its maker has it say. */
function resultOfWorkflow(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  return result.outcome === 'delivered' ? acceptAnyButPage(answer) : result;
}

/** A connector says 200 also when it failed, and in its text which status Teams gave it. */
function resultOfConnector(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered' || answer.text.trim() === '1') return result;
  const status = Number(/HTTP error (\d{3})/.exec(answer.text)?.[1] ?? 0);
  const foreign = foreignAnswer(answer, 'a connector says 1');
  return status < 400 ? foreign : resultOfStatus({ ...answer, status });
}
