import { useEffect, useRef } from 'react';
import { VIRIDIS } from '../../drawing/colours';

/** Units in a row, each in the colour of its place in the block. @param places the place of every unit. */
export function UnitStripe({ places }: { readonly places: Uint32Array }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const pixels = new ImageData(places.length, 1);
    const colours = new Uint32Array(pixels.data.buffer);
    for (const [at, place] of places.entries())
      colours[at] = VIRIDIS[Math.floor((place * VIRIDIS.length) / places.length)] ?? 0;
    context.putImageData(pixels, 0, 0);
  }, [places]);
  return <canvas ref={canvas} width={places.length} height={1} aria-hidden />;
}
