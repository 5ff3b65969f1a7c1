/*
 * The case tree of a certificate, below a node, from the configurations that there are: `exactrelu_proof_tree`.
 *
 * The tree is that of exactrelu/certificates/case_tree.py: what has one sign on a whole cell is excluded there, then the cell
 * is split at the neuron that divides its configurations most evenly. A simplex dictionary goes along with the cell. It
 * proposes: the rows at which a neuron's pre-activation is largest, and points inside. Multipliers on these rows are
 * integers, exact (proof_multipliers.h); a point is a double that is inside by the error bounds of float_proofs.h. What
 * is not proved so is left as an empty line, with its path, to whoever called.
 */
#include "wide_integers.h"

#ifdef HAS_WIDE_INTEGERS

#include "memory.h"
#include "proof_leaves.h"

enum { SAMPLE = 64 };

/* A node: members, the layer and the neurons of it that are not decided yet, the cell. */
typedef struct {
    int64_t from, to, layer;
    int32_t *undecided;
    int64_t count, depth;
    Cell cell;
} Node;

/* Leaves that follow a subtree: neurons without bit 1, and the lengths of their paths. */
typedef struct {
    int32_t *of; /* layer, neuron, length */
    int64_t count;
} After;

static const uint8_t *bits_of(const Tree *t, int64_t place) { return t->task->bit + (int64_t)t->member[place] * t->task->bits; }

/* The dictionary of a level of the recursion, made if it is not there. */
static Dictionary *frame_of(Tree *t, int64_t depth, int64_t rows) {
    const int64_t d = t->task->inputs, width = (d + 3) / 4 * 4;
    if (t->framed[depth]) return &t->frame[depth];
    double *doubles = malloc(dictionary_doubles(rows, width) * sizeof(double) + dictionary_names(rows, width) * sizeof(int32_t));
    if (!doubles) {
        t->failed = 1;
        return NULL;
    }
    lay_out(&t->frame[depth], d, rows, width, doubles, (int32_t *)(doubles + dictionary_doubles(rows, width)));
    t->framed[depth] = 1;
    return &t->frame[depth];
}

/* Exclude neurons of one sign; what has both stays undecided. `after` takes what follows the subtree. */
static void decide(Tree *t, Node *node, After *after) {
    const Layer *layer = &t->layer[node->layer];
    int64_t mixed = 0;
    for (int64_t u = 0; u < node->count; u++) {
        const int32_t i = node->undecided[u];
        int every = 1, some = 0;
        for (int64_t m = node->from; m < node->to && (every || !some); m++) {
            const int bit = bits_of(t, m)[layer->first + i];
            every &= bit;
            some |= bit;
        }
        if (some && !every) {
            node->undecided[mixed++] = i;
            continue;
        }
        if (!some && t->task->full && layer->zero[i]) {
            put_zero(t, node->layer, i);
            continue;
        }
        put_split(t, node->layer, i);
        if (every)
            exclude(t, &node->cell, node->layer, i, 1, node->cell.length, t->member[node->from]);
        else {
            int32_t *at = after->of + 3 * after->count++;
            at[0] = (int32_t)node->layer;
            at[1] = i;
            at[2] = (int32_t)node->cell.length;
        }
        node->cell.length++;
    }
    node->count = mixed;
}

/* The neuron that splits a sample of the members most evenly, by its place among the undecided. */
static int64_t most_even(const Tree *t, const Node *node) {
    const int64_t members = node->to - node->from, first = t->layer[node->layer].first, step = 1 + members / SAMPLE;
    int64_t best = 0, least = INT64_MAX;
    if (members == 2) return 0;
    for (int64_t u = 0; u < node->count; u++) {
        int64_t sum = 0, size = 0;
        for (int64_t m = node->from; m < node->to; m += step, size++) sum += bits_of(t, m)[first + node->undecided[u]];
        const int64_t uneven = 2 * sum > size ? 2 * sum - size : size - 2 * sum;
        if (uneven < least) {
            least = uneven;
            best = u;
        }
    }
    return best;
}

/* Put the members without the bit first, in their order; return where those with it begin. */
static int64_t divide_members(Tree *t, const Node *node, int64_t neuron) {
    const int64_t place = t->layer[node->layer].first + neuron;
    int64_t low = node->from, high = 0;
    for (int64_t m = node->from; m < node->to; m++) {
        const int32_t member = t->member[m];
        if (bits_of(t, m)[place])
            t->spare[high++] = member;
        else
            t->member[low++] = member;
    }
    memcpy(t->member + low, t->spare, (size_t)high * sizeof(int32_t));
    return low;
}

static void put_slot(Tree *t, int64_t slot, int64_t layer, int64_t neuron, int bit, int64_t position) {
    const int64_t entries = t->task->inputs + 1;
    const double *row = float_row(t, layer, neuron);
    const Slot own = {(int32_t)layer, (int32_t)neuron, (int32_t)position, (int8_t)(bit ? 1 : -1), (int8_t)side_is_strict(t->task, bit), -1, 0};
    t->slot[slot] = own;
    for (int64_t j = 0; j < entries; j++) t->row[slot * entries + j] = bit ? row[j] : -row[j];
}

static void visit(Tree *t, Node node);

/* The child of a split where the neuron has a bit. */
static void visit_child(Tree *t, const Node *node, int64_t neuron, int bit, int64_t from, int64_t to, int32_t *undecided) {
    const int64_t slots = node->cell.slots;
    Node child = {from, to, node->layer, undecided, 0, node->depth + 1, {slots + 1, node->cell.length + 1, NULL}};
    put_slot(t, slots, node->layer, neuron, bit, node->cell.length);
    Dictionary *own = frame_of(t, child.depth, slots + 3);
    if (t->failed) return;
    for (int64_t u = 0; u < node->count; u++)
        if (node->undecided[u] != neuron) undecided[child.count++] = node->undecided[u];
    child.cell.dictionary = own;
    if (node->cell.dictionary) {
        copy_dictionary(own, node->cell.dictionary);
        if (!add_slot(t, own, slots) && !make_anew(t, &child.cell)) child.cell.dictionary = NULL;
    } else
        child.cell.dictionary = make_anew(t, &child.cell) ? own : NULL;
    visit(t, child);
}

/* Write what is below a node. */
static void visit(Tree *t, Node node) {
    const Task *task = t->task;
    const int64_t rest = task->bits - t->layer[node.layer].first; /* bits that may be undecided */
    int32_t *room = malloc((size_t)(4 * rest + t->net.widths[node.layer] + 2) * sizeof(int32_t));
    After after = {room, 0};
    int32_t *undecided = room + 3 * rest, *of_child = room;
    if (!room) {
        t->failed = 1;
        return;
    }
    memcpy(undecided, node.undecided, (size_t)node.count * sizeof(int32_t));
    node.undecided = undecided;
    decide(t, &node, &after);
    while (!node.count && node.layer + 1 < task->depth && !t->failed) {
        const int64_t l = ++node.layer;
        take_layer(&t->net, l, &t->layer[l - 1], &t->layer[l], bits_of(t, node.from), t->values, t->active);
        for (int64_t i = 0; i < t->net.bent[l]; i++) undecided[node.count++] = (int32_t)i;
        decide(t, &node, &after);
    }
    if (node.count && !t->failed) {
        const int64_t neuron = node.undecided[most_even(t, &node)], middle = divide_members(t, &node, neuron);
        of_child = malloc((size_t)node.count * sizeof(int32_t));
        if (of_child) {
            put_split(t, node.layer, neuron);
            visit_child(t, &node, neuron, 0, node.from, middle, of_child);
            if (!t->failed) visit_child(t, &node, neuron, 1, middle, node.to, of_child);
            free(of_child);
        } else
            t->failed = 1;
    } else if (!t->failed)
        reach(t, &node.cell, t->member[node.from]);
    while (after.count-- && !t->failed) {
        const int32_t *at = after.of + 3 * after.count;
        exclude(t, &node.cell, at[0], at[1], 0, at[2], t->member[node.from]);
    }
    free(room);
}

/* Memory ---------------------------------------------------------------------------------------------------------- */

/* The coordinate that a row limits with the factor 1 or -1, the only one in it, or -1. */
static int32_t limited(const Task *task, const limb *row, int8_t *factor) {
    const int limbs = (int)task->limbs;
    int32_t found = -1;
    for (int64_t j = 0; j < task->inputs; j++) {
        const limb *entry = row + j * limbs;
        limb size[MOST_LIMBS];
        if (is_zero(limbs, entry)) continue;
        memcpy(size, entry, (size_t)limbs * sizeof(limb));
        *factor = is_negative(limbs, entry) ? -1 : 1;
        if (*factor < 0) negate(limbs, size);
        if (found >= 0 || size[0] != 1 || length_of(limbs, size) > 1) return -1;
        found = (int32_t)j;
    }
    return found;
}

/* How many columns a matrix may have: rows that are no sides, of the refuted row one, and no more than there are coordinates. */
static size_t most_columns(const Task *task) {
    int64_t rows = task->bits;
    for (int64_t r = 0; r < task->domain_rows; r++) {
        int8_t factor;
        rows += limited(task, task->domain + r * (task->inputs + 1) * task->limbs, &factor) < 0;
    }
    return (size_t)(rows < task->inputs ? rows : task->inputs) + 1;
}

static void lay_out_layers(Tree *t, Memory *memory) {
    const Task *task = t->task;
    const size_t entries = (size_t)task->inputs + 1, row = entries * (size_t)task->limbs * sizeof(limb);
    int64_t first = 0;
    t->layer = piece(memory, (size_t)task->depth, sizeof(Layer));
    for (int64_t k = 0; k < task->depth; k++) {
        const size_t bent = (size_t)task->bent[k];
        const Layer own = {piece(memory, (size_t)task->widths[k], row), piece(memory, bent, row), piece(memory, bent * entries, sizeof(double)),
                           piece(memory, bent, sizeof(double)), piece(memory, bent, 1), first};
        if (memory->start) t->layer[k] = own;
        first += task->bent[k];
    }
}

static void lay_out_tree(Tree *t, Memory *memory) {
    const Task *task = t->task;
    const size_t d = (size_t)task->inputs, slots = (size_t)t->most_slots, limbs = (size_t)(task->limbs > MOST_LIMBS ? task->limbs : MOST_LIMBS);
    size_t widest = 1;
    for (int64_t k = 0; k < task->depth; k++) widest = (size_t)task->widths[k] > widest ? (size_t)task->widths[k] : widest;
    const size_t values = widest * (d + 1) * (size_t)task->limbs, width = (d + 3) / 4 * 4;
    lay_out_layers(t, memory);
    t->slot = piece(memory, slots, sizeof(Slot));
    t->row = piece(memory, slots * (d + 1), sizeof(double));
    t->domain_row = piece(memory, (size_t)task->domain_rows * (d + 1), sizeof(double));
    t->domain_logarithm = piece(memory, (size_t)task->domain_rows, sizeof(double));
    t->limits.lower = piece(memory, d + slots + 1, sizeof(double));
    t->limits.upper = piece(memory, d + slots + 1, sizeof(double));
    t->member = piece(memory, (size_t)task->members, sizeof(int32_t));
    t->spare = piece(memory, (size_t)task->members, sizeof(int32_t));
    t->frame = piece(memory, slots + 1, sizeof(Dictionary));
    t->framed = piece(memory, slots + 1, 1);
    t->point = piece(memory, d, sizeof(double));
    t->other = piece(memory, d, sizeof(double));
    t->support = piece(memory, d, sizeof(int32_t));
    t->order = piece(memory, d, sizeof(int32_t));
    t->side = piece(memory, 2 * d, sizeof(int32_t));
    t->values = piece(memory, values > (d + 1) * limbs ? values : (d + 1) * limbs, sizeof(limb));
    t->active = piece(memory, widest, sizeof(int32_t));
    t->matrix.dimension = task->inputs;
    t->matrix.entry = piece(memory, (d + 1) * most_columns(task) * limbs, sizeof(limb));
    t->matrix.pivot_row = piece(memory, d + 1, sizeof(int32_t));
    t->matrix.divisor = piece(memory, d + 1, sizeof(Divisor));
    t->matrix.used = piece(memory, d + 1, 1);
    t->matrix.left_out = piece(memory, d + 1, 1);
    double *doubles = piece(memory, dictionary_doubles((int64_t)slots + 2, (int64_t)width), sizeof(double));
    int32_t *names = piece(memory, dictionary_names((int64_t)slots + 2, (int64_t)width), sizeof(int32_t));
    if (memory->start) lay_out(&t->around, task->inputs, (int64_t)slots + 2, (int64_t)width, doubles, names);
}

/* Begin -------------------------------------------------------------------------------------------------------------- */

static void set_limits(Tree *t) {
    const int64_t d = t->task->inputs;
    for (int64_t name = 0; name <= d + t->most_slots; name++) {
        t->limits.lower[name] = name < d || name == d + t->most_slots ? -INFINITY : 0.0;
        t->limits.upper[name] = INFINITY;
    }
}

/* Take a row of the domain for a limit of a coordinate, if it is the tightest. */
static void set_side(Tree *t, int64_t slot) {
    const Slot *own = &t->slot[slot];
    const double *row = t->domain_row + slot * (t->task->inputs + 1);
    const double limit = -row[t->task->inputs] / row[own->side];
    double *now = own->sign_of_side > 0 ? t->limits.lower : t->limits.upper;
    if (!(own->sign_of_side > 0 ? limit > now[own->side] : limit < now[own->side])) return;
    now[own->side] = limit;
    t->side[(own->sign_of_side > 0 ? 0 : t->task->inputs) + own->side] = (int32_t)slot;
}

static void put_domain(Tree *t) {
    const Task *task = t->task;
    const int64_t entries = task->inputs + 1;
    for (int64_t j = 0; j < 2 * task->inputs; j++) t->side[j] = -1;
    for (int64_t r = 0; r < task->domain_rows; r++) {
        const limb *row = task->domain + r * entries * task->limbs;
        Slot own = {-1, (int32_t)r, (int32_t)r, 1, (int8_t)task->domain_strict[r], -1, 0};
        own.side = limited(task, row, &own.sign_of_side);
        scaled_row((int)task->limbs, entries, row, t->domain_row + r * entries);
        t->domain_logarithm[r] = logarithm_of((int)task->limbs, entries, row, t->net.half_logarithm);
        t->slot[r] = own;
        memcpy(t->row + r * entries, t->domain_row + r * entries, (size_t)entries * sizeof(double));
        if (own.side >= 0) set_side(t, r);
    }
}

/* Take in the layers up to that of the node, and the rows of its path; write the subtree. */
static void begin(Tree *t) {
    const Task *task = t->task;
    const int64_t slots = task->domain_rows + task->decisions;
    set_limits(t);
    memset(t->framed, 0, (size_t)t->most_slots + 1);
    for (int64_t m = 0; m < task->members; m++) t->member[m] = (int32_t)m;
    put_domain(t);
    for (int64_t k = 0; k <= task->layer; k++)
        take_layer(&t->net, k, k ? &t->layer[k - 1] : NULL, &t->layer[k], task->bit, t->values, t->active);
    for (int64_t s = 0; s < task->decisions; s++) {
        const int32_t *at = task->decision + 4 * s;
        put_slot(t, task->domain_rows + s, at[0], at[1], at[2], at[3]);
    }
    int32_t *undecided = malloc((size_t)(task->bits + 1) * sizeof(int32_t));
    Dictionary *own = frame_of(t, 0, slots + 2);
    if (undecided && own) {
        Node node = {0, task->members, task->layer, undecided, 0, 0, {slots, task->length, own}};
        for (int64_t i = task->first; i < task->bent[task->layer]; i++) undecided[node.count++] = (int32_t)i;
        if (!make_anew(t, &node.cell)) node.cell.dictionary = NULL;
        visit(t, node);
    } else
        t->failed = 1;
    free(undecided);
}

/*
 * Write the subtree; 0, or -1 if there is no memory. What was written is in `out`, until `exactrelu_proof_tree_free`.
 */
EXACTRELU_API int64_t exactrelu_proof_tree(const Task *task, Output *out) {
    Tree t = {.task = task, .out = out, .most_slots = task->domain_rows + task->bits + 1};
    const Layers net = {task->inputs, task->depth, task->limbs, task->small, task->widths, task->bent, task->numbers, task->weights, task->scales,
                        0.5 * log2((double)task->inputs + 1.0) + 1e-6, task->slopes};
    Memory memory = {NULL, 0};
    t.net = net;
    memset(out, 0, sizeof *out);
    lay_out_tree(&t, &memory);
    memory.start = malloc(memory.used + 1);
    if (!memory.start) return -1;
    memory.used = 0;
    lay_out_tree(&t, &memory);
    begin(&t);
    for (int64_t depth = 0; depth <= t.most_slots; depth++)
        if (t.framed[depth]) free(t.frame[depth].values);
    free(memory.start);
    return t.failed ? -1 : 0;
}

EXACTRELU_API void exactrelu_proof_tree_free(Output *out) {
    free(out->text);
    free(out->hole);
    memset(out, 0, sizeof *out);
}

EXACTRELU_API int64_t exactrelu_has_proof_trees(void) { return 1; }

#else

EXACTRELU_API int64_t exactrelu_has_proof_trees(void) { return 0; }

#endif
