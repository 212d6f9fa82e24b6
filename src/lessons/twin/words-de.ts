import type { TwinWords } from './words';

export const WORDS: TwinWords = {
  shuffle: 'Kopie mischen',
  average: 'Beide mitteln',
  find: 'Reihenfolge finden',
  averageAgain: 'Noch einmal mitteln',
  notYet: 'Erst die Knöpfe davor drücken',
  done: 'Das ist getan; das Ergebnis steht darunter',
  working: 'Wird gemessen …',
  failed: 'Es konnte nicht gemessen werden.',
  losses: 'Loss des Modells mit diesem anstelle des Blocks',
  base: 'der Block selbst',
  copy: 'gemischte Kopie',
  averaged: 'Mittel der beiden',
  aligned: 'Mittel, Reihenfolge gefunden',
  unknown: 'noch nicht gemessen',
  units: (units) => `Die ${units} Einheiten des MLP, gefärbt nach ihrem Platz im Block`,
  ofBlock: 'Block',
  ofCopy: 'Kopie',
  ofFound: 'zurück',
  parts: {
    units: 'Einheiten des MLP',
    groups: 'Gruppen von Köpfen',
    values: 'Value-Dimensionen',
    rows: 'Zeilen von q und k',
  },
  measure: (part) => `${part} mischen`,
};
