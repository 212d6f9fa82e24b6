/**
 * GELU in its approximation by tanh, ½x·(1 + tanh(√(2/π)·(x + 0.044715x³))), is x·σ(a(x)) with a(x) = GELU_SLOPE·x + GELU_CUBE·x³,
 * because 1 + tanh(y) = 2σ(2y).
 */
export const GELU_SLOPE = 2 * Math.sqrt(2 / Math.PI);
export const GELU_CUBE = GELU_SLOPE * 0.044715;
