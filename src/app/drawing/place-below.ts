const MARGIN = 8;

/** Moves a fixed panel below its anchor, or above it if there is more room, and keeps it on the screen. `away` is the space between both. */
export function placeBelow(anchor: HTMLElement, panel: HTMLElement, away = 6): void {
  const { left, top, bottom } = anchor.getBoundingClientRect();
  const { style, offsetWidth, scrollHeight } = panel;
  const under = innerHeight - bottom - away - MARGIN;
  const over = top - away - MARGIN;
  const flipped = scrollHeight > under && over > under;
  style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - offsetWidth - MARGIN))}px`;
  style.maxHeight = `${flipped ? over : under}px`;
  style.top = flipped ? 'auto' : `${bottom + away}px`;
  style.bottom = flipped ? `${innerHeight - top + away}px` : 'auto';
}
