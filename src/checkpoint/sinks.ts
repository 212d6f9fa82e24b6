export { DirectorySink } from './directorySink';
export { ZipSink } from './zipSink';
