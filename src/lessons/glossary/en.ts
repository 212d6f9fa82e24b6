import type { GlossaryWords } from './terms';

/** The glossary in English. Its table in docs/glossary.md is made from this by `node scripts/readme.mjs`. */
export const GLOSSARY: GlossaryWords = {
  lesson: 'See it in a lesson',
  glossary: 'Glossary',
  find: 'Find a word',
  none: 'No entry has this word.',
  listed: (found, all) => (found === all ? `${all} entries` : `${found} of ${all} entries`),
  entries: {
    ablation: [
      'ablation',
      'a test that leaves one block out, or runs it twice: how far the loss rises says how much the model needs it',
    ],
    activations: [
      'activations',
      'what neurons give out on a text, one value per token; neurons may be compared by these or by their weights',
    ],
    adamw: [
      'AdamW',
      'the optimiser of nearly all language models: gradients smoothed over steps, steps scaled per weight, weights shrunk a little',
    ],
    adapter: [
      'adapter',
      'the GPU, or a program in its place (a software adapter), that the browser offers through WebGPU',
    ],
    agreement: [
      'agreement',
      'share of rows whose strongest partner in the plan is also their partner in the exact assignment',
    ],
    alpha: [
      'α',
      'the share of the moved previous block in a new one; the rest is the next block. The paper interpolates half and half',
    ],
    anderson: [
      'Anderson mixing',
      "a step of Sinkhorn's potentials made of the last few steps, so that fewer iterations are needed",
    ],
    arm: ['arm', 'one of several recipes that are compared on the same text, or trained on the same batches'],
    assignment: [
      'assignment',
      'a one-to-one matching of neurons (a permutation), found exactly; the transport plan in the limit ε → 0',
    ],
    'attention-entropy': [
      'attention entropy',
      'how widely heads look over earlier tokens, mean over heads and tokens, in nats; 0 looks at one token alone',
    ],
    backend: ['backend', 'what computes tensor operations: WebGPU, or the CPU'],
    band: ['band', 'consecutive rows of a large matrix that are processed together'],
    bandwidth: [
      'bandwidth',
      'bytes that a device reads and writes per second in its own memory, measured by copying',
    ],
    base: [
      'base',
      'the model that was opened, and its blocks, as against the deeper model and its new blocks',
    ],
    block: ['block', 'one Transformer block: attention, MLP and both norms (papers also say layer)'],
    cell: ['cell', 'one entry of a matrix on show: row i and column j'],
    cka: [
      'CKA',
      'likeness of two blocks’ outputs over many tokens, from 0 to 1; 1 is the same up to rotation and scale',
    ],
    clip: [
      'clip at norm',
      'gradients longer than this norm are shortened to it, so that one odd batch cannot throw the weights far',
    ],
    cosine: [
      'cosine',
      'likeness of direction whatever the length: 1 is the same, 0 is unrelated. To the parents: how much of each is left in a new block',
    ],
    cost: ['cost', 'the distance between two neurons; the cost matrix has one for every pair'],
    'cost-matrix': [
      'cost matrix',
      'the cost of every neuron of the previous block against every one of the next; a plan is made from nothing else',
    ],
    'deeper-model': ['deeper model', 'the base with its new blocks in their gaps'],
    'distance-of-blocks': [
      'distance',
      'what moving all neurons of one block onto those of another costs at mass 1; the same block is at 0',
    ],
    dtype: [
      'dtype',
      'how a number is stored: float32 keeps about 7 digits, float16 about 3 in a small range, bfloat16 about 2 in a large one',
    ],
    epsilon: [
      'ε',
      'the strength of entropic regularisation, in units of the cost: small gives each neuron one partner, large gives it all of them',
    ],
    excess: [
      'excess',
      'matched mass of a plan beyond that of its null, or its cost below that of the null: what is left as alignment',
    ],
    frozen: [
      'frozen',
      'not trained: base blocks keep their weights, so that only new blocks learn and old knowledge stays',
    ],
    gap: ['gap', 'the place between two neighbouring base blocks, written 6|7; a new block goes into it'],
    gradient: [
      'gradient',
      'the direction in which a weight lowers the loss; its norm says how strongly a tensor is being changed',
    ],
    'half-step': ['half-step', 'one update of one potential: columns, then rows. Two make an iteration'],
    head: [
      'head',
      'one of the parallel parts of attention, a slice of q, k, v and o; heads may change places, but only as wholes',
    ],
    'held-out-loss': [
      'held-out loss',
      'mean cross-entropy per token on text of the new domain that was not trained on; on the old domain it is called retention',
    ],
    hub: ['Hub', 'the Hugging Face Hub, or another server that answers as it does'],
    iteration: ['iteration', 'two half-steps of Sinkhorn'],
    job: ['job', 'one request to the engine, with progress, cancel and a result'],
    kernel: ['kernel', 'one WGSL shader that does one operation'],
    'key-value-head': [
      'key-value head',
      'a head of k and v that several query heads share (grouped-query attention, GQA); a matching must keep such groups together',
    ],
    kl: [
      'KL from base',
      'how far predictions have moved from the base’s, mean over tokens, in nats; 0 is the same predictions',
    ],
    'learning-rate': [
      'learning rate',
      'how far a step moves the weights: too small learns slowly, too large diverges',
    ],
    lease: ['lease', 'the right to use base blocks on the device until it is released'],
    'logit-difference': [
      'logit difference',
      'logits are the scores before probabilities; the largest difference of any from the base’s is exactly 0 after a zero start',
    ],
    'logit-lens': [
      'logit lens',
      'final norm and head applied after a block in the middle: what the model would say there already',
    ],
    loss: [
      'loss',
      'mean negative log-likelihood per token, in nats: how surprised the model is by a text; less is better',
    ],
    'loss-mask': [
      'loss mask',
      'which tokens count in the loss: all of a text, but of an instruction pair the response alone',
    ],
    'marginal-error': [
      'marginal error',
      "L1 distance between a plan's column sums and the marginals it should have",
    ],
    marginals: ['marginals', 'what the rows and the columns of a plan must sum to: 1/n each'],
    mass: [
      'n·T',
      'the plan times n, so that the mass of every neuron is 1: the share of row i that goes to column j',
    ],
    'matched-mass': [
      'matched mass',
      'the share of a plan’s mass on its best one-to-one match: 1 for a permutation, 1/n for a uniform plan',
    ],
    method: ['method', 'a way to make new blocks'],
    neuron: [
      'neuron',
      'one row of a weight matrix, that is one output of it; of o_proj and down_proj a dimension of the residual stream',
    ],
    'norm-kept': [
      'norm kept',
      'length that a plan leaves of the rows it moves: 1 for a permutation, towards 0 where many rows are averaged away',
    ],
    null: [
      'null',
      'the same problem with the entries of every next row shuffled: norms and values kept, nothing left to align. What a plan finds there is chance',
    ],
    order: ['order', 'the sequence in which neurons are drawn: by index, by match, by similarity or by norm'],
    'output-projections': [
      'output projections',
      'o_proj and down_proj, through which a block adds to the residual stream',
    ],
    parents: ['parents', 'the two base blocks a new block is made from: the previous and the next'],
    perplexity: [
      'perplexity',
      'of a model, exp of the mean loss: among how many equally likely tokens it chooses; of a plan, see plan perplexity',
    ],
    picture: ['picture', 'a matrix pooled to what a canvas can show'],
    plan: [
      'plan',
      'the transport plan T: how much of each neuron of the previous block goes to each of the next; its mass is 1',
    ],
    'plan-perplexity': [
      'plan perplexity',
      'the mean number of partners of a neuron in a plan: 1 is one partner each, n is uniform',
    ],
    pooling: [
      'pooling',
      'a pixel that covers several cells shows their largest value or their mean; max keeps thin lines visible',
    ],
    potentials: ['potentials', 'the dual variables f (rows) and g (columns) that a plan is formed from'],
    preset: ['preset', 'a named list: of gaps (top, middle, …) or of arms (paper, alignment, …)'],
    progot: [
      'ProgOT',
      'a solver that moves the rows a part of the way to their partners, solves again, and so on until the last ε: sharper plans',
    ],
    race: ['race', 'training the arms of a preset on the same batches in the same order'],
    recipe: [
      'recipe',
      'everything that decides a deeper model: model, gaps, method, solver, cost, seed and training',
    ],
    reference: ['reference', 'the arm that the others are compared with; any arm can be pinned as it'],
    'relative-distance': [
      'relative',
      'the distance as a share of what a random matching of the same neurons costs; 1 means that matching gains nothing',
    ],
    'residual-change': [
      'residual change',
      'how much a block changes the residual stream, as a share of its norm; 0 is the identity',
    ],
    'residual-stream': [
      'residual stream',
      'the vector that each token carries from block to block; every block reads it and adds to it',
    ],
    retention: [
      'retention',
      'loss on text of the old domain after training on the new one: a rise is what was forgotten',
    ],
    rho: [
      'ρ',
      'how strictly an unbalanced plan must keep its marginals: small lets neurons be left out, large is as balanced',
    ],
    rmsnorm: [
      'RMSNorm',
      'a vector divided by its root mean square and scaled per dimension; it is why length matters less than direction',
    ],
    rotary: [
      'rotary pair',
      'RoPE turns dimension j of a head together with j + half the head by the place in the text, so such pairs must stay pairs',
    ],
    seed: [
      'seed',
      'the number that random draws come from: the same seed gives the same numbers, several show how much is chance',
    ],
    sharpness: [
      'sharpness',
      'how far a plan is from uniform (0) on the way to one partner each (1); a plan is only as telling as it is sharp',
    ],
    'shuffled-copy': [
      'shuffled copy',
      'the previous block with its units and heads in another order: it computes the same, and a good plan finds that order again',
    ],
    solver: ['solver', 'what finds a plan: Sinkhorn, unbalanced Sinkhorn, ProgOT or exact assignment'],
    'standard-error': [
      'standard error',
      'how far a mean over seeds may be off by chance; two arms closer than about two of these are not told apart',
    ],
    store: ['store', 'what keeps bytes by name from one visit to the next'],
    temperature: [
      'temperature',
      'how boldly the next token is drawn: 0 takes the likeliest, 1 draws by the probabilities, more is wilder',
    ],
    tensor: [
      'tensor',
      'one weight matrix of a block: q, k, v, o, gate, up or down (q_proj … down_proj in files)',
    ],
    token: ['token', 'a piece of text, often a word or a part of one: what the model reads and predicts'],
    'top-p': [
      'top-p',
      'the next token is drawn only from the likeliest ones that together reach this probability',
    ],
    'transport-cost': [
      'transport cost',
      'the mean cost of what a plan moves, each pair weighted by its mass; the exact assignment has the least',
    ],
    'transport-flow': [
      'transport flow',
      'which plans move the inputs and the outputs of each tensor, as in the paper’s transport matrix flow',
    ],
    unbalanced: [
      'unbalanced Sinkhorn',
      'a solver that may leave neurons without a good partner partly out, at a price set by ρ',
    ],
    unit: [
      'unit',
      'one neuron of the MLP: its rows of gate and up and its column of down together; units may change places freely',
    ],
    variant: [
      'variant',
      'one way of writing a kernel; where there are several, the device chooses by measuring them',
    ],
    view: ['view', 'what the page shows now: tab, gap, tensor, window, order, scale and half-step'],
    'warm-up': [
      'warm-up',
      'the first part of training, in which the learning rate rises from 0 to its full size; what follows is the schedule',
    ],
    'weight-decay': [
      'weight decay',
      'how strongly every step also pulls the weights towards 0, which keeps them from growing without need',
    ],
    window: ['window', 'the visible rectangle of a matrix; of a text, the tokens that are computed together'],
    'zero-start': [
      'zero start',
      'output projections of new blocks at zero, so that the deeper model begins as the base, bit for bit',
    ],
  },
};
