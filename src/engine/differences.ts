/** Lists the fields in which two recipes differ. */
export { differences } from '../upscale/differences';
