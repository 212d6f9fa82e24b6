import { browserEnvironment } from './browser';
import { Engine } from './engine';
import { serve } from './protocol';

serve(self as unknown as Parameters<typeof serve>[0], new Engine(browserEnvironment));
