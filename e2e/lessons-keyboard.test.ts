import { playLessons } from './lesson-tests';

playLessons('keyboard', { width: 1440, theme: 'light' }, { compare: true });
