import { Type } from 'typebox';
import { closed } from './blocks.ts';

const route = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'Shown by `tocsin explain`.' })),
    match: Type.Optional(
      Type.String({ description: 'CEL expression over the alert. Absent: every alert.' }),
    ),
    outputs: Type.Array(Type.String(), {
      description: 'Names of outputs. Empty: the alert goes nowhere, on purpose.',
    }),
    continue: Type.Boolean({
      description: 'Whether later routes are tried, too, after this one matched.',
      default: false,
    }),
  },
  closed,
);

export const routes = Type.Array(route, {
  description:
    'Tried in order; the first that matches takes the alert unless it says `continue`. None: every output gets what its minimumPriority lets through.',
  default: [],
});

export const unrouted = Type.Union(
  [Type.Literal('all'), Type.Literal('none'), Type.Array(Type.String(), { minItems: 1 })],
  {
    description:
      'Who gets an alert that no route took, or on which an expression failed: all outputs, none, or these.',
    default: 'all',
  },
);
