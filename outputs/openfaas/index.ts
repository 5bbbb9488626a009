import { checkApiServer } from '../../src/output/kube-service.ts';
import { definePoster } from '../../src/output/post-alert.ts';
import { openFaasRequest } from './payload.ts';
import { schema } from './settings.ts';

export default definePoster({
  id: 'openfaas',
  title: 'OpenFaaS',
  summary: 'Calls a function of OpenFaaS with every alert.',
  schema,
  example: { function: 'falco-react' },
  validate: checkApiServer,
  requestOf: openFaasRequest,
});
