import { checkApiServer } from '../../src/output/kube-service.ts';
import { definePoster } from '../../src/output/post-alert.ts';
import { fissionRequest } from './payload.ts';
import { schema } from './settings.ts';

export default definePoster({
  id: 'fission',
  title: 'Fission',
  summary: 'Calls a function of Fission with every alert.',
  schema,
  example: { function: 'falco-react' },
  validate: checkApiServer,
  requestOf: fissionRequest,
});
