import { kernel, type Kernel } from '../kernels';
import type { Product } from './product';
import { parametersOf, type Variant } from './variant';

/** The kernel of a product, written out for a variant. */
export const productKernel = (product: Product, variant: Variant): Kernel =>
  kernel(product.kernel, { ...product.parameters, ...parametersOf(variant, product) });
