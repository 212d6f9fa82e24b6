import { useEffect, useRef } from 'react';
import { useAppState } from '../../store/use-app';
import { drawStripe } from './draw-stripe';

interface StripeProps {
  readonly weights: Float32Array;
  /** The absolute weight that takes the full colour. */
  readonly limit: number;
  readonly name: string;
}

/** A row of weights as a coloured stripe: red above zero, blue below. */
export function Stripe({ weights, limit, name }: StripeProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const theme = useAppState((state) => state.theme.resolved);
  useEffect(() => {
    if (ref.current !== null) drawStripe(ref.current, weights, limit, theme);
  }, [weights, limit, theme]);
  return <canvas ref={ref} className="stripe" role="img" aria-label={name} />;
}
