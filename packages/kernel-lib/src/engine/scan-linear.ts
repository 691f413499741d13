/**
 * The step backwards multiplies the gradient it carries by one known factor after another: (((g·a)·b)·c). The factors do not depend on g, so
 * g·(a·b·c) has the same value with all products but one outside the loop, where they are taken for all steps at once. For a GRU
 * that leaves six operations in the loop of about thirty.
 */
import * as jax from "@jax-js/jax";
import { bind, isVariable, traceOf, type Atom, type Equation, type Trace, type Tracer, type Variable } from "./scan-trace.js";

/** `base · factor`, where only the base depends on what the loop carries. */
interface Product {
  readonly base: Tracer;
  readonly factor: Tracer | 1 | -1;
}

/** What a base has been joined from, and along which axis. */
interface Joined {
  readonly axis: number;
  readonly parts: readonly Tracer[];
}

const { numpy } = jax;
const array = (x: Tracer): jax.Array => x.ref as jax.Array;
const multiply = (x: Tracer, y: Tracer | 1 | -1): Tracer => {
  if (y === 1) return x;
  return (y === -1 ? numpy.negative(array(x)) : numpy.multiply(array(x), array(y))) as Tracer;
};
const factorOf = ({ factor }: Product): Tracer => (typeof factor === "number" ? (numpy.array(factor) as Tracer) : factor);
const sameShape = (x: { readonly shape: readonly number[] }, y: { readonly shape: readonly number[] }): boolean =>
  x.shape.join() === y.shape.join();

/**
 * Rewrites a trace that is linear in the variables from `first` to before `end` among its inputs: the same results, with the factors gathered.
 */
export function gatherFactors(trace: Trace, first: number, end: number): Trace {
  const rewrite = (...inputs: Tracer[]): Tracer[] => {
    const known = new Map<Variable, Tracer>();
    const products = new Map<Variable, Product>();
    const multiplied = new Map<Product, Tracer>();
    const joined = new Map<Tracer, Joined>();
    trace.inBinders.forEach((binder, i) => {
      const input = inputs[i] as Tracer;
      if (i >= first && i < end) products.set(binder, { base: input, factor: 1 });
      else known.set(binder, input);
    });
    const productOf = (atom: Atom | undefined): Product | undefined =>
      atom && isVariable(atom) ? products.get(atom) : undefined;
    const valueOf = (atom: Atom): Tracer => {
      if (!isVariable(atom)) return numpy.array(atom.value, { dtype: atom.dtype }) as Tracer;
      const product = products.get(atom);
      if (!product) return known.get(atom) as Tracer;
      const value = multiplied.get(product) ?? multiply(product.base, product.factor);
      multiplied.set(product, value);
      return value;
    };
    for (const equation of trace.eqns) {
      const isLinear = equation.inputs.some((atom) => productOf(atom));
      const product = isLinear ? combine(equation, productOf, valueOf, joined) : undefined;
      const binder = equation.outBinders[0] as Variable;
      if (product) {
        products.set(binder, product);
        continue;
      }
      const results = bind(equation.primitive, equation.inputs.map(valueOf), equation.params);
      equation.outBinders.forEach((output, i) => {
        const result = results[i] as Tracer;
        if (isLinear) products.set(output, { base: result, factor: 1 });
        else known.set(output, result);
      });
    }
    return trace.outs.map((atom) => valueOf(atom).ref);
  };
  const rewritten = traceOf(
    rewrite,
    trace.inBinders.map(({ aval }) => aval),
  );
  if (rewritten.captured.length > 0) throw new Error("internal: gathering factors captured arrays");
  return rewritten.trace;
}

/** The product an equation makes of products, or `undefined` where it must be applied to their values. */
function combine(
  equation: Equation,
  productOf: (atom: Atom | undefined) => Product | undefined,
  valueOf: (atom: Atom) => Tracer,
  joined: Map<Tracer, Joined>,
): Product | undefined {
  const [x, y, z] = equation.inputs as [Atom, Atom, Atom];
  const result = (equation.outBinders[0] as Variable).aval;
  const [ofX, ofY] = [productOf(x), productOf(y)];
  switch (String(equation.primitive)) {
    case "neg":
      if (!ofX) return undefined;
      if (typeof ofX.factor === "number") return { base: ofX.base, factor: ofX.factor === 1 ? -1 : 1 };
      return { base: ofX.base, factor: numpy.negative(array(ofX.factor)) as Tracer };
    case "mul": {
      const product = ofX ?? ofY;
      if (!product || !sameShape(product.base, result)) return undefined;
      const other = valueOf(ofX ? y : x);
      return { base: product.base, factor: multiply(other, product.factor) };
    }
    case "add":
      if (!ofX || ofX.base !== ofY?.base) return undefined;
      return { base: ofX.base, factor: numpy.add(array(factorOf(ofX)), array(factorOf(ofY))) as Tracer };
    case "where": {
      const isZero = !isVariable(z) && z.value === 0;
      if (!ofY || !isZero || !sameShape(ofY.base, result)) return undefined;
      return { base: ofY.base, factor: numpy.where(array(valueOf(x)), array(factorOf(ofY)), 0) as Tracer };
    }
    case "concatenate": {
      const products = equation.inputs.map(productOf);
      if (!products.every((product) => product !== undefined) || products.every(({ factor }) => typeof factor === "number")) {
        return undefined;
      }
      const factors = products.map((product) => numpy.broadcastTo(array(factorOf(product)), product.base.shape) as Tracer);
      const axis = equation.params["axis"] as number;
      // what was joined before is joined once
      const bases = products.flatMap(({ base }) =>
        joined.get(base)?.axis === axis ? (joined.get(base)?.parts ?? []) : [base],
      );
      const join = (arrays: readonly Tracer[]): Tracer => bind(equation.primitive, arrays, equation.params)[0] as Tracer;
      const base = join(bases);
      joined.set(base, { axis, parts: bases });
      return { base, factor: join(factors) };
    }
    default:
      return undefined;
  }
}
