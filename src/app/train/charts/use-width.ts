import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';

/** The width of an element in CSS pixels, followed as it changes. */
export function useWidth(first: number): [RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(
      ([entry]) => entry && setWidth(Math.max(60, Math.round(entry.contentRect.width))),
    );
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}
