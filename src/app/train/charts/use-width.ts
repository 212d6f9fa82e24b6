import type { RefCallback } from 'react';
import { useEffect, useState } from 'react';

/** Follows the width of an element in CSS pixels; `first` until it is known. The element may come later. */
export function useWidth(first: number): [RefCallback<HTMLDivElement>, number] {
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    if (box === null) return undefined;
    const observer = new ResizeObserver(
      ([entry]) => entry && setWidth(Math.max(60, Math.round(entry.contentRect.width))),
    );
    observer.observe(box);
    return () => observer.disconnect();
  }, [box]);
  return [setBox, width];
}
