import { checkHttpUrl } from '../../src/output/check.ts';
import { definePoster } from '../../src/output/post-alert.ts';
import { talonRequest } from './payload.ts';
import { schema } from './settings.ts';

export default definePoster({
  id: 'talon',
  title: 'Falco Talon',
  summary: 'Posts alerts to Falco Talon, which acts on them in the cluster.',
  schema,
  example: { url: 'http://falco-talon:2803' },
  validate: ({ url }) => checkHttpUrl('url', url),
  requestOf: talonRequest,
});
