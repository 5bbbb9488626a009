import { Type } from 'typebox';
import { template } from '../../src/output/settings.ts';
import { closed } from './blocks.ts';

export const normalise = Type.Object(
  {
    customFields: Type.Record(Type.String(), Type.String(), {
      description: 'Fields written into every alert.',
      default: {},
    }),
    attack: Type.Boolean({
      description:
        'Write the MITRE ATT&CK tactics and techniques that the tags name as lists into the fields mitre.tactic.id, mitre.tactic.name, mitre.technique.id and mitre.technique.name.',
      default: false,
    }),
    clusters: Type.Record(Type.String(), Type.String(), {
      description:
        'Clusters by the identity of who sends from there (`token:edge`, `cert:…`, as the metrics of the sensors show it): the field k8s.cluster.name, with k8s.cluster.identity beside it. A name in the path of audit events stands there as `unverified`.',
      default: {},
    }),
    owners: Type.Record(Type.String(), Type.String(), {
      description:
        'Owners by namespace, as `payments`, `prod-eu/payments` or `team-a-*`: the field k8s.ns.owner.',
      default: {},
    }),
    templatedFields: Type.Record(
      Type.String(),
      template({ description: 'Go template of one field.' }),
      {
        description: 'Fields made from the others by a Go template; the root is the map of fields.',
        default: {},
      },
    ),
    customTags: Type.Array(Type.String(), {
      description: 'Tags added to every alert.',
      default: [],
    }),
    bracketReplacer: Type.String({
      description: 'Replaces `[` in field names, and drops `]`. Empty: names stay.',
      default: '',
    }),
    outputFieldFormat: Type.String({
      description:
        'Rewrites the output line; knows `<timestamp>`, `<priority>`, `<output>`, `<custom_fields>`, `<templated_fields>`, `<tags>`.',
      default: '',
    }),
  },
  { ...closed, description: 'What is done to every alert on its way in.', default: {} },
);
