/** Tells before anything runs whether a recipe can be carried out. The page loads this late, as it imports all methods. */
export { applicability, type Applicability } from '../upscale/expanding/applicability';
