import { Type } from 'typebox';
import { PRIORITIES } from '../../src/alert.ts';
import { BUILT_IN_RULES, STAGES } from '../../src/ingest/k8s-audit/rules.ts';
import { template } from '../../src/output/settings.ts';
import { closed } from './blocks.ts';

const used = BUILT_IN_RULES.filter(({ offByDefault }) => offByDefault !== true);
const unused = BUILT_IN_RULES.filter(({ offByDefault }) => offByDefault === true);

const rule = Type.Object(
  {
    rule: Type.String({ description: "The alert's rule.", minLength: 1 }),
    priority: Type.Enum([...PRIORITIES], { description: "The alert's priority." }),
    stage: Type.Optional(
      Type.Enum([...STAGES], { description: 'The stage the event must have. Absent: any.' }),
    ),
    match: Type.String({ description: 'CEL expression over the event.' }),
    output: template({ description: "Go template of the alert's output, over the event." }),
    tags: Type.Array(Type.String(), { description: "The alert's tags.", default: ['k8s'] }),
  },
  closed,
);

export const k8sAudit = Type.Object(
  {
    off: Type.Array(Type.Enum(used.map(({ rule }) => rule)), {
      description: 'Built-in rules that are not used.',
      default: [],
    }),
    on: Type.Array(Type.Enum(unused.map(({ rule }) => rule)), {
      description: 'Built-in rules that are used only where they are named here.',
      default: [],
    }),
    rules: Type.Array(rule, {
      description:
        'Rules beside the built-in ones; `src/ingest/k8s-audit/README.md` has the names.',
      default: [],
      maxItems: 200,
    }),
    allowedNamespaces: Type.Array(Type.String(), {
      description: 'Namespaces that `Create Disallowed Namespace` lets pass.',
      default: ['default', 'kube-public', 'kube-system'],
    }),
    privilegedImages: Type.Array(Type.String(), {
      description:
        'Images, without tag and digest, that `Create Privileged Pod` lets run privileged.',
      default: [],
    }),
  },
  {
    ...closed,
    description: 'What becomes an alert of the audit events that API servers send.',
    default: {},
  },
);
