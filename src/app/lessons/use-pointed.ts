import { useEffect, useState } from 'react';

/** Elements that carry the name of a control and can be seen. */
const shown = (name: string): HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>(`[data-control="${name}"]`)].filter(
    (element) => element.getClientRects().length > 0,
  );

/**
 * Outlines a control while the component is mounted, and scrolls it into sight once.
 * @returns the element; undefined while it is not on the page.
 */
export function usePointed(name: string | undefined): HTMLElement | undefined {
  const [element, setElement] = useState<HTMLElement>();

  useEffect(() => {
    if (name === undefined) return undefined;
    let pointed: HTMLElement | undefined;
    const look = () => {
      const [found] = shown(name);
      if (found === pointed) return;
      pointed?.removeAttribute('data-pointed');
      found?.setAttribute('data-pointed', 'true');
      if (pointed === undefined) found?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      pointed = found;
      setElement(found);
    };
    look();
    // Stages are replaced as a whole, and some are loaded on demand.
    const timer = setInterval(look, 250);
    return () => {
      clearInterval(timer);
      pointed?.removeAttribute('data-pointed');
      setElement(undefined);
    };
  }, [name]);

  return element;
}
