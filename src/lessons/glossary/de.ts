import type { GlossaryWords } from './terms';

/** The glossary in German. The page itself is English, so its word stands in brackets wherever the German one differs. */
export const GLOSSARY: GlossaryWords = {
  lesson: 'In einer Lektion ansehen',
  glossary: 'Glossar',
  find: 'Wort suchen',
  none: 'Kein Eintrag enthält dieses Wort.',
  listed: (found, all) => (found === all ? `${all} Einträge` : `${found} von ${all} Einträgen`),
  entries: {
    ablation: [
      'Ablation (ablation)',
      'Versuch, der einen Block auslässt oder doppelt ausführt: Je stärker der Verlust steigt, desto mehr braucht ihn das Modell.',
    ],
    activations: [
      'Aktivierungen (activations)',
      'was Neuronen auf einem Text ausgeben, ein Wert pro Token; verglichen wird nach ihnen oder nach den Gewichten',
    ],
    adamw: [
      'AdamW',
      'der Optimierer fast aller Sprachmodelle: Gradienten über Schritte geglättet, Schrittweite je Gewicht, Gewichte leicht verkleinert',
    ],
    adapter: [
      'Adapter (adapter)',
      'die GPU, oder ein Programm an ihrer Stelle (Software-Adapter), die der Browser über WebGPU anbietet',
    ],
    agreement: [
      'Übereinstimmung (agreement)',
      'Anteil der Zeilen, deren stärkster Partner im Plan auch ihr Partner in der exakten Zuordnung ist',
    ],
    alpha: [
      'α',
      'Anteil des bewegten vorigen Blocks am neuen; der Rest ist der nächste Block. Das Paper mischt beide zur Hälfte.',
    ],
    anderson: [
      'Anderson-Mischung (Anderson mixing)',
      'ein Schritt der Sinkhorn-Potentiale, der aus den letzten Schritten gebildet wird, sodass weniger Iterationen nötig sind',
    ],
    arm: [
      'Arm (arm)',
      'eines von mehreren Rezepten, die auf demselben Text verglichen oder mit denselben Batches trainiert werden',
    ],
    assignment: [
      'Zuordnung (assignment)',
      'eine Eins-zu-eins-Paarung der Neuronen (Permutation), exakt berechnet; der Transportplan im Grenzfall ε → 0',
    ],
    'attention-entropy': [
      'Attention-Entropie (attention entropy)',
      'wie breit Heads über frühere Token schauen, Mittel über Heads und Token, in Nats; bei 0 nur auf ein einziges Token',
    ],
    backend: ['Backend', 'was die Tensoroperationen ausführt: WebGPU oder die CPU'],
    band: ['Band (band)', 'aufeinanderfolgende Zeilen einer großen Matrix, die zusammen verarbeitet werden'],
    bandwidth: [
      'Bandbreite (bandwidth)',
      'Bytes, die ein Gerät pro Sekunde in seinem eigenen Speicher liest und schreibt, durch Kopieren gemessen',
    ],
    base: [
      'Basis (base)',
      'das geöffnete Modell und seine Blöcke, im Unterschied zum tieferen Modell und dessen neuen Blöcken',
    ],
    block: [
      'Block (block)',
      'ein Transformer-Block: Attention, MLP und beide Normen (in Papers oft „layer“, Schicht)',
    ],
    cell: ['Zelle (cell)', 'ein Eintrag der gezeigten Matrix: Zeile i und Spalte j'],
    cka: [
      'CKA',
      'Ähnlichkeit der Ausgaben zweier Blöcke über viele Token, von 0 bis 1; 1 heißt gleich bis auf Drehung und Maßstab',
    ],
    clip: [
      'Gradienten-Clipping (clip at norm)',
      'längere Gradienten werden auf diese Norm gekürzt, damit ein ungewöhnlicher Batch die Gewichte nicht weit wegwirft',
    ],
    cosine: [
      'Kosinus (cosine)',
      'Ähnlichkeit der Richtung, egal wie lang: 1 ist gleich, 0 unverwandt. Zu den Eltern: wie viel von jedem im neuen Block steckt',
    ],
    cost: [
      'Kosten (cost)',
      'der Abstand zweier Neuronen; die Kostenmatrix enthält einen Wert für jedes Paar',
    ],
    'cost-matrix': [
      'Kostenmatrix (cost matrix)',
      'die Kosten jedes Neurons des vorigen Blocks gegen jedes des nächsten; ein Plan entsteht aus nichts anderem',
    ],
    'deeper-model': ['tieferes Modell (deeper model)', 'die Basis mit ihren neuen Blöcken in den Lücken'],
    'distance-of-blocks': [
      'Abstand (distance)',
      'was es kostet, alle Neuronen eines Blocks auf die eines anderen zu bewegen, bei Masse 1; derselbe Block hat Abstand 0',
    ],
    dtype: [
      'Datentyp (dtype)',
      'wie eine Zahl gespeichert ist: float32 behält etwa 7 Ziffern, float16 etwa 3 in kleinem Bereich, bfloat16 etwa 2 in großem',
    ],
    epsilon: [
      'ε',
      'Stärke der entropischen Regularisierung, in Einheiten der Kosten: klein gibt jedem Neuron einen Partner, groß alle',
    ],
    excess: [
      'Überschuss (excess)',
      'gepaarte Masse über der des Nullvergleichs, oder Kosten darunter: was als Ausrichtung der Neuronen übrig bleibt',
    ],
    frozen: [
      'eingefroren (frozen)',
      'nicht trainiert: Die Basisblöcke behalten ihre Gewichte; nur neue Blöcke lernen, und altes Wissen bleibt erhalten.',
    ],
    gap: [
      'Lücke (gap)',
      'die Stelle zwischen zwei benachbarten Basisblöcken, geschrieben 6|7; dort kommt ein neuer Block hinein',
    ],
    gradient: [
      'Gradient (gradient)',
      'die Richtung, in der ein Gewicht den Verlust senkt; seine Norm sagt, wie stark ein Tensor gerade verändert wird',
    ],
    'half-step': [
      'Halbschritt (half-step)',
      'eine Aktualisierung eines Potentials: erst Spalten, dann Zeilen. Zwei ergeben eine Iteration.',
    ],
    head: [
      'Head (head)',
      'einer der parallelen Teile der Attention, ein Stück von q, k, v und o; Heads dürfen nur als Ganzes die Plätze tauschen',
    ],
    'held-out-loss': [
      'Verlust auf zurückgehaltenem Text (held-out loss)',
      'mittlere Kreuzentropie pro Token auf nicht trainiertem Text des neuen Gebiets; auf dem alten Gebiet heißt sie „retention“',
    ],
    hub: ['Hub', 'der Hugging Face Hub oder ein anderer Server, der genauso antwortet'],
    iteration: ['Iteration (iteration)', 'zwei Halbschritte von Sinkhorn'],
    job: ['Auftrag (job)', 'eine Anfrage an die Engine, mit Fortschritt, Abbruch und Ergebnis'],
    kernel: ['Kernel (kernel)', 'ein WGSL-Shader, der eine Operation ausführt'],
    'key-value-head': [
      'Key-Value-Head (key-value head)',
      'ein Head von k und v, den sich mehrere Query-Heads teilen (Grouped-Query-Attention, GQA); Paarungen lassen die Gruppe zusammen',
    ],
    kl: [
      'KL zur Basis (KL from base)',
      'wie weit die Vorhersagen von denen der Basis abgerückt sind, Mittel über Token, in Nats; 0 heißt gleiche Vorhersagen',
    ],
    'learning-rate': [
      'Lernrate (learning rate)',
      'wie weit ein Schritt die Gewichte bewegt: zu klein lernt langsam, zu groß divergiert',
    ],
    lease: ['Leihe (lease)', 'das Recht, Basisblöcke auf dem Gerät zu benutzen, bis sie freigegeben werden'],
    'logit-difference': [
      'Logit-Differenz (logit difference)',
      'Logits sind die Werte vor den Wahrscheinlichkeiten; die größte Abweichung von der Basis ist nach dem Nullstart genau 0',
    ],
    'logit-lens': [
      'Logit-Lens (logit lens)',
      'letzte Norm und Ausgabeschicht schon nach einem mittleren Block angewandt: was das Modell dort bereits sagen würde',
    ],
    loss: [
      'Verlust (loss)',
      'mittlere negative Log-Wahrscheinlichkeit pro Token, in Nats: wie sehr ein Text das Modell überrascht; weniger ist besser',
    ],
    'loss-mask': [
      'Verlustmaske (loss mask)',
      'welche Token im Verlust zählen: bei Text alle, bei einem Anweisungspaar nur die Antwort',
    ],
    'marginal-error': [
      'Randfehler (marginal error)',
      'L1-Abstand zwischen den Spaltensummen eines Plans und den Randverteilungen, die er haben soll',
    ],
    marginals: [
      'Randverteilungen (marginals)',
      'worauf sich Zeilen und Spalten eines Plans summieren müssen: jeweils 1/n',
    ],
    mass: [
      'n·T',
      'der Plan mal n, sodass jedes Neuron die Masse 1 hat: der Anteil von Zeile i, der zu Spalte j geht',
    ],
    'matched-mass': [
      'gepaarte Masse (matched mass)',
      'Anteil der Masse eines Plans auf seiner besten Eins-zu-eins-Zuordnung: 1 bei einer Permutation, 1/n beim gleichförmigen Plan',
    ],
    method: ['Methode (method)', 'eine Art, neue Blöcke herzustellen'],
    neuron: [
      'Neuron (neuron)',
      'eine Zeile einer Gewichtsmatrix, also eine ihrer Ausgaben; bei o_proj und down_proj eine Dimension des Residualstroms',
    ],
    'norm-kept': [
      'erhaltene Norm (norm kept)',
      'Länge, die ein Plan den bewegten Zeilen lässt: 1 bei einer Permutation, gegen 0, wo viele Zeilen weggemittelt werden',
    ],
    null: [
      'Nullvergleich (null)',
      'dasselbe Problem mit gemischten Einträgen jeder nächsten Zeile: Normen und Werte bleiben, nichts passt mehr. Was ein Plan da findet, ist Zufall.',
    ],
    order: [
      'Reihenfolge (order)',
      'die Folge, in der Neuronen gezeichnet werden: nach Index, Paarung, Ähnlichkeit oder Norm',
    ],
    'output-projections': [
      'Ausgabeprojektionen (output projections)',
      'o_proj und down_proj, durch die ein Block etwas zum Residualstrom addiert',
    ],
    parents: [
      'Eltern (parents)',
      'die zwei Basisblöcke, aus denen ein neuer Block entsteht: der vorige und der nächste',
    ],
    perplexity: [
      'Perplexität (perplexity)',
      'eines Modells: exp des mittleren Verlusts, als wählte es unter so vielen gleich wahrscheinlichen Token; eines Plans: siehe dort',
    ],
    picture: ['Bild (picture)', 'eine Matrix, zusammengefasst auf das, was eine Zeichenfläche zeigen kann'],
    plan: [
      'Transportplan (plan)',
      'der Plan T: wie viel von jedem Neuron des vorigen Blocks zu jedem des nächsten geht; seine Masse ist 1',
    ],
    'plan-perplexity': [
      'Perplexität des Plans (plan perplexity)',
      'mittlere Zahl der Partner eines Neurons in einem Plan: 1 heißt je ein Partner, n heißt gleichverteilt',
    ],
    pooling: [
      'Zusammenfassen (pooling)',
      'ein Pixel über mehreren Zellen zeigt ihren größten Wert oder ihr Mittel; das Maximum hält dünne Linien sichtbar',
    ],
    potentials: [
      'Potentiale (potentials)',
      'die dualen Variablen f (Zeilen) und g (Spalten), aus denen ein Plan gebildet wird',
    ],
    preset: [
      'Vorauswahl (preset)',
      'eine benannte Liste: von Lücken (top, middle, …) oder von Armen (paper, alignment, …)',
    ],
    progot: [
      'ProgOT',
      'ein Löser, der die Zeilen ein Stück zu ihren Partnern bewegt, neu löst und so fort bis zum letzten ε: schärfere Pläne',
    ],
    race: [
      'Rennen (race)',
      'das Training der Arme einer Vorauswahl mit denselben Batches in derselben Reihenfolge',
    ],
    recipe: [
      'Rezept (recipe)',
      'alles, was ein tieferes Modell festlegt: Modell, Lücken, Methode, Löser, Kosten, Seed und Training',
    ],
    reference: [
      'Referenz (reference)',
      'der Arm, mit dem die anderen verglichen werden; jeder Arm lässt sich dafür anheften',
    ],
    'relative-distance': [
      'relativer Abstand (relative)',
      'der Abstand als Anteil dessen, was eine zufällige Paarung derselben Neuronen kostet; bei 1 bringt Paaren nichts',
    ],
    'residual-change': [
      'Residualänderung (residual change)',
      'wie stark ein Block den Residualstrom ändert, als Anteil von dessen Norm; 0 ist die Identität',
    ],
    'residual-stream': [
      'Residualstrom (residual stream)',
      'der Vektor, den jedes Token von Block zu Block trägt; jeder Block liest ihn und addiert etwas dazu',
    ],
    retention: [
      'Behalten (retention)',
      'Verlust auf Text des alten Gebiets nach dem Training auf dem neuen: Ein Anstieg ist, was vergessen wurde.',
    ],
    rho: [
      'ρ',
      'wie streng ein unbalancierter Plan seine Randverteilungen einhält: klein darf Neuronen auslassen, groß wie balanciert',
    ],
    rmsnorm: [
      'RMSNorm',
      'ein Vektor, geteilt durch sein quadratisches Mittel und je Dimension skaliert; darum zählt die Länge weniger als die Richtung',
    ],
    rotary: [
      'Rotationspaar (rotary pair)',
      'RoPE dreht Dimension j eines Heads zusammen mit j + halber Head je nach Stelle im Text; solche Paare müssen Paare bleiben',
    ],
    seed: [
      'Seed (seed)',
      'die Zahl, aus der Zufall gezogen wird: gleicher Seed, gleiche Zahlen; mehrere zeigen, wie viel Zufall ist',
    ],
    sharpness: [
      'Schärfe (sharpness)',
      'wie weit ein Plan von der Gleichverteilung (0) zu je einem Partner (1) gekommen ist; nur ein scharfer Plan sagt etwas aus',
    ],
    'shuffled-copy': [
      'gemischte Kopie (shuffled copy)',
      'der vorige Block mit Einheiten und Heads in anderer Reihenfolge: Er rechnet dasselbe, und ein guter Plan findet sie wieder.',
    ],
    solver: [
      'Löser (solver)',
      'was einen Plan findet: Sinkhorn, unbalanciertes Sinkhorn, ProgOT oder exakte Zuordnung',
    ],
    'standard-error': [
      'Standardfehler (standard error)',
      'wie weit ein Mittel über Seeds zufällig danebenliegen kann; Arme, die weniger als etwa zwei davon trennen, sind nicht unterscheidbar',
    ],
    store: ['Speicher (store)', 'was Bytes unter einem Namen von einem Besuch zum nächsten aufhebt'],
    temperature: [
      'Temperatur (temperature)',
      'wie gewagt das nächste Token gezogen wird: 0 nimmt das wahrscheinlichste, 1 zieht nach den Wahrscheinlichkeiten, mehr ist wilder',
    ],
    tensor: [
      'Tensor (tensor)',
      'eine Gewichtsmatrix eines Blocks: q, k, v, o, gate, up oder down (in Dateien q_proj … down_proj)',
    ],
    token: [
      'Token (token)',
      'ein Stück Text, oft ein Wort oder ein Teil davon: was das Modell liest und vorhersagt',
    ],
    'top-p': [
      'Top-p (top-p)',
      'das nächste Token wird nur aus den wahrscheinlichsten gezogen, die zusammen diese Wahrscheinlichkeit erreichen',
    ],
    'transport-cost': [
      'Transportkosten (transport cost)',
      'mittlere Kosten dessen, was ein Plan bewegt, jedes Paar nach seiner Masse gewichtet; am wenigsten hat die exakte Zuordnung',
    ],
    'transport-flow': [
      'Transportfluss (transport flow)',
      'welche Pläne die Eingänge und Ausgänge jedes Tensors bewegen, wie im „transport matrix flow“ des Papers',
    ],
    unbalanced: [
      'unbalanciertes Sinkhorn (unbalanced Sinkhorn)',
      'ein Löser, der Neuronen ohne guten Partner teilweise auslassen darf, zu einem Preis, den ρ bestimmt',
    ],
    unit: [
      'MLP-Einheit (unit)',
      'ein Neuron des MLP: seine Zeilen von gate und up und seine Spalte von down zusammen; Einheiten sind frei vertauschbar',
    ],
    variant: [
      'Variante (variant)',
      'eine Art, einen Kernel zu schreiben; gibt es mehrere, wählt das Gerät durch Messen',
    ],
    view: [
      'Ansicht (view)',
      'was die Seite gerade zeigt: Reiter, Lücke, Tensor, Fenster, Reihenfolge, Skala und Halbschritt',
    ],
    'warm-up': [
      'Aufwärmphase (warm-up)',
      'der erste Teil des Trainings, in dem die Lernrate von 0 auf ihre volle Größe steigt; danach folgt der Zeitplan',
    ],
    'weight-decay': [
      'Gewichtsabnahme (weight decay)',
      'wie stark jeder Schritt die Gewichte auch zur 0 zieht, damit sie nicht unnötig wachsen',
    ],
    window: [
      'Fenster (window)',
      'der sichtbare Ausschnitt einer Matrix; bei einem Text die Token, die zusammen berechnet werden',
    ],
    'zero-start': [
      'Nullstart (zero start)',
      'Ausgabeprojektionen neuer Blöcke auf null, sodass das tiefere Modell Bit für Bit wie die Basis beginnt',
    ],
  },
};
