import { playLessons } from './lesson-tests';

// All lessons are played by keyboard. By mouse, two of them that together have every kind of control.
playLessons('mouse', { width: 390, height: 844, theme: 'dark' }, { ids: ['tour', 'by-hand'] });
