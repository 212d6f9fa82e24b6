import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser, ensureDependencies, root } from './setup.mjs';

// Takes the screenshots in the README and docs/gallery from a new build. Arguments select views by the start of their names:
// `npm run screenshots -- tower neuron`.
ensureDependencies();
const executablePath = ensureBrowser();
const { build, preview } = await import('vite');
const { chromium } = await import('playwright-core');

const settled = (page) =>
  page.locator('figure[data-state=ready][data-stale=false]').waitFor({ timeout: 120_000 });

/** Ids of the lessons and the tour, from their files; translations have a language in their names. */
const LESSONS = readdirSync(join(root, 'public/lessons')).flatMap(
  (file) => /^([a-z0-9-]+)\.json$/.exec(file)?.[1] ?? [],
);

/** Every view: the fragment of its link, what to do on the page (`prepare`), and its caption (`words`). */
const VIEWS = [
  {
    name: 'align',
    words: 'The transport plan of q between blocks 6 and 7, matched pairs on the diagonal, one pair pinned.',
    async prepare(page) {
      await page.getByRole('application').first().focus();
      for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowDown');
      for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.locator('.cell-details[data-stale=false]').waitFor();
      await page.getByText('of the cost are alignment').waitFor();
    },
  },
  { name: 'align-390', width: 390, height: 844, words: 'The same on a phone.' },
  {
    name: 'heatmap-zoomed',
    hash: '#window=0,0,9',
    words: 'Zoomed to single cells, with their numbers.',
  },
  { name: 'cost', hash: '#picture=cost&order=cluster', words: 'The cost, similar neurons side by side.' },
  {
    name: 'two-at-once',
    hash: '#panes=both&b-eps=0.2',
    async prepare(page) {
      await page.locator('[data-pane=b] canvas').first().waitFor();
      await settled(page);
    },
    words: 'Two plans side by side under one cursor.',
  },
  {
    name: 'null',
    hash: '#panes=both&b-against=null',
    async prepare(page) {
      await page.locator('[data-pane=b] canvas').first().waitFor();
      await settled(page);
      await page.getByText('Matched mass').waitFor({ timeout: 120_000 });
    },
    words:
      'A plan beside its null: a sorted diagonal is not alignment, and the caption says how much of it is.',
  },
  { name: 'difference', hash: '#panes=difference&b-eps=0.2', words: 'The difference of two plans.' },
  {
    name: 'ribbons',
    hash: '#ribbons=on',
    async prepare(page) {
      await page.locator('.ribbons-plate[data-pairs="64"]').waitFor();
    },
    words: 'The 64 strongest pairs as ribbons, bundled by head.',
  },
  {
    name: 'film',
    hash: '#eps=0.03&step=7',
    words:
      'Mid-way through the film: after a column scaling, with error, cost and perplexity under one cursor.',
  },
  {
    name: 'glossary',
    async prepare(page) {
      await page.getByRole('button', { name: 'plan perplexity', exact: true }).click();
      await page.locator('.term-card .entry').waitFor();
    },
    words:
      'A word of the page with its entry of the glossary: meaning, picture, formula, and the lesson that shows it.',
  },
  {
    name: 'pair',
    hash: '#tensor=up&picture=cost&cell=57.12',
    async prepare(page) {
      await page.locator('.cell-details[data-stale=false]').waitFor();
    },
    words:
      'One pair: weights, the formula with its numbers, best partners, and where the pair sits elsewhere.',
  },
  {
    name: 'neuron',
    hash: '#tensor=gate&method=opt-deus:hard&cell=343.376&neuron=on',
    async prepare(page) {
      await page.locator('.drivers').waitFor({ timeout: 120_000 });
    },
    words: 'What two MLP units do: the tokens that drive each of them most, side by side.',
  },
  {
    name: 'tower',
    hash: '#method=average&gaps=1,4,6&measure=residualChange',
    async prepare(page) {
      await page.getByRole('button', { name: 'Measure', exact: true }).click();
      await page.getByText(/On the first 128 tokens/).waitFor({ timeout: 120_000 });
    },
    words: 'The tower with a measure of every block beside it.',
  },
  {
    name: 'kernel',
    hash: '#step=6&kernel=sinkhorn',
    async prepare(page) {
      await page.locator('.kernel-line[data-lit=true]').first().waitFor();
    },
    words: 'The kernel beside the picture, with the lines of the half-step on show.',
  },
  {
    name: 'map',
    hash: '#tab=map&map-cell=2.5',
    words: 'All pairs of blocks by the transport distance of their neurons, one pair chosen.',
  },
  { name: 'map-heads', hash: '#tab=map&map=2.5', words: 'A pair of blocks opened into heads.' },
  {
    name: 'described',
    hash: '#describe=on',
    async prepare(page) {
      await page
        .getByText(/Strongest pairs/)
        .first()
        .waitFor({ timeout: 60_000 });
    },
    words: 'The picture in words, as screen readers get it.',
  },
  {
    name: 'print',
    width: 660,
    height: 900,
    media: 'print',
    async prepare(page) {
      await page.locator('.print-only').waitFor({ state: 'attached' });
    },
    words: 'On paper: the figure with its caption and recipe, without the page around it.',
  },
  {
    name: 'compare',
    async prepare(page) {
      await page.getByRole('tab', { name: 'Compare' }).click();
      await page.getByRole('button', { name: 'Evaluate all' }).click();
      await page.getByRole('button', { name: 'All evaluated' }).waitFor({ timeout: 300_000 });
      await page.locator('.js-plotly-plot .main-svg').first().waitFor({ timeout: 30_000 });
    },
    words: 'Every method on one model.',
  },
  {
    name: 'train-setup',
    hash: '#tab=train&race=alignment&seeds=3',
    backend: 'auto',
    async prepare(page) {
      await page.getByText(/arms × 3 seeds/).waitFor({ timeout: 120_000 });
    },
    words: 'A race being put together, with what it would take on this device and what it could tell.',
  },
  {
    name: 'train',
    hash: '#tab=train&race=alignment&minutes=off&train-steps=20&batch=2&context=64&without=copy-next:zero,average:zero,tf:zero,relative:zero,structured:zero,structured-exact:zero,literal:zero,hard:zero',
    height: 1400,
    backend: 'auto',
    async prepare(page) {
      await page.getByRole('button', { name: 'Start the race' }).click({ timeout: 120_000 });
      await page.getByText('finished').waitFor({ timeout: 600_000 });
    },
    words: 'A short race of four arms.',
  },
  {
    name: 'try',
    hash: '#tab=try&method=average&temperature=0',
    height: 1300,
    backend: 'auto',
    async prepare(page) {
      await page.getByRole('button', { name: 'Generate' }).click({ timeout: 60_000 });
      await page
        .getByText(/tokens\/s/)
        .nth(1)
        .waitFor({ timeout: 120_000 });
      await page
        .getByRole('textbox', { name: 'Text' })
        .fill('The old king had a daughter who counted the stars every night.');
      await page.getByRole('button', { name: 'Measure' }).click();
      await page
        .getByText(/mean loss/i)
        .first()
        .waitFor({ timeout: 60_000 });
    },
    words: 'The base and an averaged, un-zeroed deeper model on the same words.',
  },
  {
    name: 'presenter',
    hash: '#presenter=on&lesson=epsilon',
    width: 1280,
    height: 720,
    backend: 'auto',
    async prepare(page) {
      await page.getByRole('complementary', { name: /^Lesson/ }).waitFor({ timeout: 60_000 });
      await settled(page);
    },
    words: 'The presenter’s view of a lesson, at the size of a projector.',
  },
  {
    name: 'exercise',
    hash: '#hide=model,backend,about,keys,share,export,tower,method-panel,result,inspector,describe,kernel,save,orders,second,null',
    backend: 'auto',
    prepare: settled,
    words: 'An exercise: a link that hides what it does not need.',
  },
  {
    name: 'quiz',
    backend: 'auto',
    async prepare(page) {
      await settled(page);
      await page.locator('[data-control=lessons]').first().click();
      await page.getByRole('button', { name: 'Quiz sheet: What ε does' }).click();
      await page.locator('.paper-page').first().waitFor();
    },
    words: 'The predictions of a lesson as a quiz sheet to print.',
  },
  {
    name: 'editor',
    backend: 'auto',
    async prepare(page) {
      await settled(page);
      await page.locator('[data-control=lessons]').first().click();
      await page.getByRole('button', { name: 'Write a lesson' }).click();
      await page.locator('.editor').waitFor();
    },
    words: 'The editor of lessons beside the stage.',
  },
];
/** Figures that the page saves, as PNG at print size. */
const FIGURES = [
  { name: 'figure-picture', hash: '', item: 'Picture as PNG', words: 'A plan.' },
  { name: 'figure-ribbons', hash: '#ribbons=on', item: 'Ribbons as PNG', words: 'Its strongest pairs.' },
  {
    name: 'figure-curves',
    hash: '#eps=0.03',
    item: 'Curves of the solve as PNG',
    words: 'How a plan formed.',
  },
  {
    name: 'figure-tower',
    hash: '#method=average&gaps=1,4,6&measure=residualChange',
    item: 'Tower with its measure as PNG',
    prepare: VIEWS.find(({ name }) => name === 'tower').prepare,
    words: 'The tower with its measure.',
  },
];
const THEMES = ['light', 'dark'];

const chosen = process.argv.slice(2);
const wanted = ({ name }) => chosen.length === 0 || chosen.some((word) => name.startsWith(word));

await build({ root, logLevel: 'warn' });
const server = await preview({ root, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
const address = server.resolvedUrls?.local[0] ?? '';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--enable-unsafe-webgpu'] });
mkdirSync(join(root, 'docs/gallery'), { recursive: true });

/** Opens a view in a new browser profile and waits until it is complete. */
async function openView(
  { hash = '', width = 1440, height = 900, media, prepare, backend = 'webgpu' },
  theme,
) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  // Sets the backend, because with only a software adapter the page would choose the CPU.
  await context.addInitScript((choice) => {
    localStorage.setItem('interlayer.backend', choice);
    // Not the introduction of a first visit.
    localStorage.setItem('interlayer.visited', 'yes');
  }, backend);
  const page = await context.newPage();
  await page.goto(address + hash);
  // Views with `backend: 'auto'` show Train or Try, which have no picture to wait for.
  if (backend === 'webgpu') await settled(page);
  await prepare?.(page);
  if (media) await page.emulateMedia({ media });
  await page.waitForTimeout(700);
  return { page, context };
}

try {
  for (const view of VIEWS.filter(wanted))
    for (const theme of THEMES) {
      const { page, context } = await openView(view, theme);
      const file = `gallery/${view.name}-${theme}.png`;
      await page.screenshot({ path: join(root, 'docs', file) });
      // The screenshot at the top of the README.
      if (view.name === 'align' && theme === 'light')
        await page.screenshot({ path: join(root, 'docs/screenshot.png') });
      console.log(`wrote docs/${file}`);
      await context.close();
    }
  for (const figure of FIGURES.filter(wanted)) {
    const { page, context } = await openView(figure, 'light');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const button = page.getByRole('button', { name: figure.item, exact: true });
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    await download.saveAs(join(root, `docs/gallery/${figure.name}.png`));
    console.log(`wrote docs/gallery/${figure.name}.png`);
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}

// The end-to-end test that plays every lesson by keyboard also takes a picture of each step.
const isLessons = wanted({ name: 'lessons' });
if (isLessons)
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'e2e/lessons-keyboard.test.ts'],
    {
      cwd: root,
      env: { ...process.env, GALLERY: join(root, 'docs/gallery/lessons') },
      stdio: 'inherit',
    },
  );

/** The pictures of a lesson's steps, each with its title. */
function lessonSection(id) {
  const { title, steps } = JSON.parse(readFileSync(join(root, `public/lessons/${id}.json`), 'utf8'));
  const pictures = steps.map(
    (step, k) => `${k + 1}. ${step.title}\n\n   ![${title}, step ${k + 1}](lessons/${id}-${k + 1}.jpg)\n`,
  );
  return `### ${title}\n\n${pictures.join('\n')}`;
}

const row = ({ name, words }) =>
  `## ${name}\n\n${words}\n\n| light | dark |\n| --- | --- |\n| ![${name}, light](${name}-light.png) | ![${name}, dark](${name}-dark.png) |\n`;
const saved = ({ name, words }) => `![${name}](${name}.png)\n\n${words}\n`;
writeFileSync(
  join(root, 'docs/gallery/README.md'),
  `# Gallery

Every view of the page, light and dark, and the figures that it saves for print. Written by \`npm run screenshots\` from the
shipped model, on whatever adapter the machine has.

${VIEWS.map(row).join('\n')}
## Saved figures

One column wide (88.9 mm) at 300 dpi; the recipe is also in the file.

${FIGURES.map(saved).join('\n')}
## Lessons

Every step when it is done. Written by \`npm run screenshots -- lessons\`.

${LESSONS.map(lessonSection).join('\n')}`,
);
const { format } = await import('prettier');
const readme = join(root, 'docs/gallery/README.md');
writeFileSync(readme, await format(readFileSync(readme, 'utf8'), { parser: 'markdown', printWidth: 110 }));
