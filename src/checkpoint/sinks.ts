export { DirectorySink } from './directory-sink';
export { ZipSink } from './zip-sink';
