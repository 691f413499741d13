/**
 * The step backwards multiplies the gradient it carries by one known factor after another: (((g·a)·b)·c). The factors do not depend on g, so
 * g·(a·b·c) has the same value with all products but one outside the loop, where they are taken for all steps at once. For a GRU
 * that leaves six operations in the loop of about thirty.
 */
import * as jax from "@jax-js/jax";
import { bind, isVariable, traceOf, type Atom, type Equation, type Trace, type Tracer, type Variable } from "./scan-trace.js";

/** `base · factor`, where only the base depends on what the loop carries. Without a factor it is the base. */
interface Product {
  readonly base: Tracer;
  readonly factor: Tracer | undefined;
}

const { numpy } = jax;
const array = (x: Tracer): jax.Array => x.ref as jax.Array;
const multiply = (x: Tracer, y: Tracer): Tracer => numpy.multiply(array(x), array(y)) as Tracer;
const factorOf = (product: Product): Tracer => product.factor ?? (numpy.array(1) as Tracer);
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
    trace.inBinders.forEach((binder, i) => {
      const input = inputs[i] as Tracer;
      if (i >= first && i < end) products.set(binder, { base: input, factor: undefined });
      else known.set(binder, input);
    });
    const productOf = (atom: Atom | undefined): Product | undefined =>
      atom && isVariable(atom) ? products.get(atom) : undefined;
    const valueOf = (atom: Atom): Tracer => {
      if (!isVariable(atom)) return numpy.array(atom.value, { dtype: atom.dtype }) as Tracer;
      const product = products.get(atom);
      if (!product) return known.get(atom) as Tracer;
      const value = multiplied.get(product) ?? (product.factor ? multiply(product.base, product.factor) : product.base);
      multiplied.set(product, value);
      return value;
    };
    for (const equation of trace.eqns) {
      const isLinear = equation.inputs.some((atom) => productOf(atom));
      const product = isLinear ? combine(equation, productOf, valueOf) : undefined;
      const binder = equation.outBinders[0] as Variable;
      if (product) {
        products.set(binder, product);
        continue;
      }
      const results = bind(equation.primitive, equation.inputs.map(valueOf), equation.params);
      equation.outBinders.forEach((output, i) => {
        const result = results[i] as Tracer;
        if (isLinear) products.set(output, { base: result, factor: undefined });
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
): Product | undefined {
  const [x, y, z] = equation.inputs as [Atom, Atom, Atom];
  const result = (equation.outBinders[0] as Variable).aval;
  const [ofX, ofY] = [productOf(x), productOf(y)];
  switch (String(equation.primitive)) {
    case "neg":
      return ofX && { base: ofX.base, factor: numpy.negative(array(factorOf(ofX))) as Tracer };
    case "mul": {
      const product = ofX ?? ofY;
      if (!product || !sameShape(product.base, result)) return undefined;
      const other = valueOf(ofX ? y : x);
      return { base: product.base, factor: product.factor ? multiply(product.factor, other) : other };
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
      if (!products.every((product) => product !== undefined) || products.every(({ factor }) => !factor)) return undefined;
      const factors = products.map((product) => numpy.broadcastTo(array(factorOf(product)), product.base.shape) as Tracer);
      const join = (arrays: Tracer[]): Tracer => bind(equation.primitive, arrays, equation.params)[0] as Tracer;
      return { base: join(products.map(({ base }) => base)), factor: join(factors) };
    }
    default:
      return undefined;
  }
}
