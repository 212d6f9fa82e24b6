/** Whether a recipe can be carried out, told before anything runs. It knows all methods, so a page loads it late. */
export { applicability, type Applicability } from '../upscale/expanding/applicability';
