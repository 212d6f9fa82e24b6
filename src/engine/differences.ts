/** In what two recipes differ. */
export { differences } from '../upscale/differences';
