import type { App } from '../store/app';

/** Returns the address of the page in its present state; `embed`: as it is shown inside another page. */
export function pageUrl({ link }: Pick<App, 'link'>, embed = false): string {
  const url = new URL(location.href);
  // The fragment has the model.
  for (const name of ['model', 'embed']) url.searchParams.delete(name);
  if (embed) url.search = url.search === '' ? '?embed' : `${url.search}&embed`;
  url.hash = link.current();
  return url.href;
}

/** Returns the line of HTML that shows the page in its present state inside another page. */
export const embedLine = (app: Pick<App, 'link'>): string =>
  `<iframe src="${pageUrl(app, true).replaceAll('&', '&amp;')}" title="Interlayer" width="100%" height="820" loading="lazy"></iframe>`;
