import { playLessons } from './lesson-tests';

playLessons('mouse', { width: 390, height: 844, theme: 'dark' });
