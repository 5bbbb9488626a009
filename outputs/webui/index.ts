import { checkHttpUrl } from '../../src/output/check.ts';
import { definePoster } from '../../src/output/post-alert.ts';
import { webUiRequest } from './payload.ts';
import { schema } from './settings.ts';

export default definePoster({
  id: 'webui',
  title: 'Falcosidekick-UI',
  summary: 'Posts alerts to a Falcosidekick-UI, which keeps the latest for a browser.',
  schema,
  example: { url: 'http://falcosidekick-ui:2802' },
  validate: ({ url }) => checkHttpUrl('url', url),
  requestOf: webUiRequest,
});
