/*
 * Entry point of the page. Rooms from the bottom up, each importing only from earlier ones: words, methods, files, drawing;
 * store; controls, figure; the stages align, map, compare, train and try, the tower, export and device, none of which
 * imports another; shell, the frame around them.
 */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { EngineClient } from '../engine/client';
import { browserAddress, browserPlatform, isEmbedded } from './browser';
import { ErrorBoundary } from './shell/error-boundary';
import { Shell } from './shell/shell';
import { createApp } from './store/app';
import { followArrangement } from './store/session/arrangement';
import { tellHeight } from './store/session/embedding';
import { chooseTheme, followTheme, rememberedTheme } from './store/session/theme';
import { AppContext } from './store/use-app';
import './styles/tokens.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/tower.css';
import './styles/method.css';
import './styles/stage.css';
import './styles/timeline.css';
import './styles/ribbons.css';
import './styles/inspector.css';
import './styles/map.css';
import './styles/compare.css';
import './styles/dialogs.css';
import './styles/narrow.css';
import './styles/embed.css';
import './styles/presenter.css';
import './styles/print.css';

const app = createApp(new EngineClient(), browserPlatform(), browserAddress());
chooseTheme(app.store, rememberedTheme());
followTheme(app.store);
followArrangement(app.store);
addEventListener('hashchange', () => void app.link.restore());
const begun = app.begin();
// After the model, which is waited for. The development server's page must always be the newest.
if (import.meta.env.PROD && !isEmbedded()) {
  void begun.then(() => import('./store/session/update')).then(({ keepPage }) => keepPage(app.store));
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root.');
if (isEmbedded()) tellHeight(root);
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <AppContext value={app}>
        <Shell />
      </AppContext>
    </ErrorBoundary>
  </StrictMode>,
);
