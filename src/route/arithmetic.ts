import type { ASTNode } from '@marcbachmann/cel-js';
import { ExpressionFailure } from './errors.ts';
import { isNumericType, makeLiteral, makeTerm, refuse, type Term, type Type } from './term.ts';
import { charge, type Frame, isNumeric, type Value } from './values.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/**
 * `left + right` and its kin, as in CEL: two ints make an int of 64 bits, anything with a double a
 * double, and two texts joined by `+` a text. What does not go together at run time makes null.
 */
export function arithmetic(node: ASTNode, op: ArithmeticOperator, left: Term, right: Term): Term {
  const type = resultType(op, left.type, right.type);
  if (type === undefined) {
    refuse(node, 'wrong_type', `cannot calculate ${left.type} ${op} ${right.type}`);
  }
  const run: Term['run'] = (frame) => {
    const [a, b] = [left.run(frame), right.run(frame)];
    if (typeof a === 'bigint' && typeof b === 'bigint') return intResult(node, op, a, b);
    if (isNumeric(a) && isNumeric(b)) return DOUBLES[op](Number(a), Number(b));
    return op === '+' && typeof a === 'string' && typeof b === 'string'
      ? joined(frame, node, a, b)
      : null;
  };
  return makeTerm(node, type, [left, right], run, { total: false });
}

/** `-operand`. */
export function negation(node: ASTNode, operand: Term): Term {
  const { literal } = operand;
  if (isNumericType(operand.type) && (typeof literal === 'bigint' || typeof literal === 'number')) {
    return makeLiteral(node, operand.type, -literal);
  }
  if (!isNumericType(operand.type) && operand.type !== 'any') {
    refuse(node, 'wrong_type', `cannot calculate -${operand.type}`);
  }
  const run: Term['run'] = (frame) => {
    const value = operand.run(frame);
    return isNumeric(value) ? -value : null;
  };
  return makeTerm(node, operand.type, [operand], run);
}

function resultType(op: ArithmeticOperator, left: Type, right: Type): Type | undefined {
  const isOperand = (type: Type): boolean =>
    isNumericType(type) || type === 'any' || (op === '+' && type === 'string');
  if (!isOperand(left) || !isOperand(right)) return undefined;
  if (left === right) return left;
  if (left === 'any' || right === 'any') return 'any';
  return left === 'string' || right === 'string' ? undefined : 'double';
}

const INT_MAX = 2n ** 63n - 1n;
const INT_MIN = -(2n ** 63n);

function intResult(node: ASTNode, op: ArithmeticOperator, a: bigint, b: bigint): bigint {
  if (b === 0n && (op === '/' || op === '%')) {
    throw new ExpressionFailure('division_by_zero', 'an integer is divided by zero', node.pos);
  }
  const result = INTS[op](a, b);
  if (result >= INT_MIN && result <= INT_MAX) return result;
  throw new ExpressionFailure('overflow', 'an integer result needs more than 64 bits', node.pos);
}

const INTS: Readonly<Record<ArithmeticOperator, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

const DOUBLES: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

const TEXT_LENGTH_MAX = 65_536;

function joined(frame: Frame, node: ASTNode, a: string, b: string): Value {
  charge(frame, (a.length + b.length) / 64, node.pos);
  if (a.length + b.length <= TEXT_LENGTH_MAX) return a + b;
  throw new ExpressionFailure(
    'text_too_long',
    `a text made by + has more than ${TEXT_LENGTH_MAX} characters`,
    node.pos,
  );
}
