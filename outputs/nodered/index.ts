import { definePoster } from '../../src/output/post-alert.ts';
import { nodeRedRequest } from './payload.ts';
import { mistakesIn, schema } from './settings.ts';

export default definePoster({
  id: 'nodered',
  title: 'Node-RED',
  summary: 'Posts alerts to a flow of Node-RED.',
  schema,
  example: { url: 'http://node-red:1880/falco', username: 'hub', password: 'a long password' },
  validate: mistakesIn,
  requestOf: nodeRedRequest,
});
