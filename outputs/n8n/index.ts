import { definePoster } from '../../src/output/post-alert.ts';
import { n8nRequest } from './payload.ts';
import { mistakesIn, schema } from './settings.ts';

export default definePoster({
  id: 'n8n',
  title: 'n8n',
  summary: 'Posts alerts to a workflow of n8n.',
  schema,
  example: {
    url: 'https://n8n.example.org/webhook/0a1b2c3d',
    headerName: 'X-Api-Key',
    headerValue: 'a long random text',
  },
  validate: mistakesIn,
  requestOf: n8nRequest,
});
