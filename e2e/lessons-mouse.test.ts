import { playLessons } from './lesson-tests';

// All lessons are played by keyboard. By mouse, the tour: what lessons have beside it is pressed by mouse in their own tests.
playLessons('mouse', { width: 390, height: 844, theme: 'dark' }, { ids: ['tour'] });
