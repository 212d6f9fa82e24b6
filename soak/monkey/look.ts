import type { Page } from 'playwright-core';

/** What is wrong with the page as it stands, and what it is busy with. */
export interface Look {
  readonly wrong: readonly string[];
  /** Labels of work in progress. */
  readonly busy: readonly string[];
}

/** Runs in the page. */
function look(): Look {
  const wrong: string[] = [];
  const crash = document.querySelector<HTMLElement>('.crash');
  if (crash) wrong.push(`error boundary: ${crash.innerText.slice(0, 300)}`);

  const BAD = /(?<![\w“"'])(NaN|-?Infinity|undefined|\[object \w+\])(?![\w”"'])/;
  // What was typed comes back in quotation marks, and errors name the value that was found.
  const text = document.body.innerText
    .replaceAll(/“[^”]*”/g, '“”')
    .replaceAll(/\bexpected [^.\n]*?, got [^.\n]*/g, 'expected, got');
  const bad = BAD.exec(text);
  if (bad) {
    const around = text.slice(Math.max(0, bad.index - 60), bad.index + 60).replaceAll(/\s+/g, ' ');
    wrong.push(`text: ${bad[1]} in “${around}”`);
  }
  for (const name of ['aria-label', 'title', 'aria-valuetext', 'aria-valuenow', 'alt', 'placeholder'])
    for (const element of document.querySelectorAll(`[${name}]`)) {
      const value = (element.getAttribute(name) ?? '').replaceAll(/“[^”]*”/g, '“”');
      if (BAD.test(value)) wrong.push(`${name}: ${value.slice(0, 100)}`);
    }
  for (const name of ['style', 'd', 'transform', 'x', 'y', 'cx', 'cy', 'r', 'width', 'height', 'points'])
    for (const element of document.querySelectorAll(
      `[${name}*=NaN], [${name}*=Infinity], [${name}*=undefined]`,
    ))
      wrong.push(`${name} of ${element.tagName}: ${(element.getAttribute(name) ?? '').slice(0, 80)}`);

  const width = document.documentElement.clientWidth;
  const over = document.documentElement.scrollWidth - width;
  if (over > 0) {
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 0.5 && element.checkVisibility())
      .slice(-3)
      .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`);
    wrong.push(`scrolls sideways by ${over} px at ${innerWidth} × ${innerHeight}: ${wide.join(', ')}`);
  }

  const busy: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>(
    '.busy, .opening, [aria-busy=true], [data-stops]',
  ))
    busy.push(element.innerText.replaceAll(/\s+/g, ' ').slice(0, 60) || element.className);
  const race = document.querySelector<HTMLElement>('.race-status [role=status]')?.innerText;
  if (race && !/^(paused|finished|stopped)$/.test(race)) busy.push(`race: ${race}`);
  return { wrong, busy };
}

export const lookAt = (page: Page): Promise<Look> => page.evaluate(look);
