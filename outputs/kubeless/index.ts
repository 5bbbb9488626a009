import { checkApiServer } from '../../src/output/kube-service.ts';
import { definePoster } from '../../src/output/post-alert.ts';
import { kubelessRequest } from './payload.ts';
import { schema } from './settings.ts';

export default definePoster({
  id: 'kubeless',
  title: 'Kubeless',
  summary:
    'Calls a function of Kubeless with every alert. Kubeless is archived: for clusters that still have it.',
  schema,
  example: { namespace: 'falco', function: 'falco-react' },
  validate: checkApiServer,
  requestOf: kubelessRequest,
});
