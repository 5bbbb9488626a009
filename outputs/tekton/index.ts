import { checkHttpUrl } from '../../src/output/check.ts';
import { definePoster } from '../../src/output/post-alert.ts';
import { tektonRequest } from './payload.ts';
import { schema } from './settings.ts';

export default definePoster({
  id: 'tekton',
  title: 'Tekton',
  summary: 'Posts alerts to an EventListener of Tekton, which starts pipelines.',
  schema,
  example: { url: 'http://el-falco.falco.svc:8080' },
  validate: ({ url }) => checkHttpUrl('url', url),
  requestOf: tektonRequest,
});
