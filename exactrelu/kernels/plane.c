/*
 * The search in the plane, cell by cell and depth first.
 *
 * A cell waits on the stack until a layer is entered or one of the neurons that are not decided on it is taken. Each is
 * decided by exact signs at its corners; a sign that doubles do not prove is asked for, and the step is done again with the answers.
 * docs/float-filter.md, sections 7 to 9.
 */
#include "plane_search.h"

/* children ---------------------------------------------------------------------------------------------------- */

/* Begin the two children of `own`: at most two corners more, the same undecided neurons but the first. */
static int begin_children(Plane *p) {
    const Head *h = &p->own.head;
    const int64_t corners = h->corners + 2;
    const int64_t bytes = room_for(p, h, corners, h->undecided) + corners * 8;
    if (!grow(p, &p->parts, &p->part_bytes, 2 * bytes)) return 0;
    for (int side = 0; side < 2; side++) {
        Cell *c = &p->child[side];
        char *at = p->parts + side * bytes;
        c->head = *h;
        c->head.corners = 0;
        p->source[side] = (int32_t *)at;
        lay_out(c, at + corners * 8, corners, h->undecided);
        memcpy(c->bits, p->own.bits, (size_t)bits_in(p, h));
    }
    return 1;
}

/* Append a corner, an old one or new one -1, -2, and the edge that leaves it. */
static Corner *append(Plane *p, int side, int32_t source, const Corner *v, const Edge *e) {
    Cell *c = &p->child[side];
    const int32_t k = c->head.corners++;
    p->source[side][k] = source;
    c->corner[k] = *v;
    if (e) c->edge[k] = *e;
    return &c->corner[k];
}

static void note_bit(Plane *p, Cell *c, int32_t neuron, int bit) {
    if (bits_in(p, &c->head)) c->bits[neuron] = (uint8_t)bit;
    if (c->head.next) contribute(p, c->head.layer, c->head.next, neuron, bit);
}

/* Whether a neuron has to be split by, given its signs at the corners of a cell; else its bit, -1 for "has to". */
static int bit_of_signs(const Plane *p, const int8_t *signs, int32_t corners) {
    int above = 0, below = 0, zero = 0;
    for (int32_t k = 0; k < corners; k++) {
        above |= signs[k] > 0;
        below |= signs[k] < 0;
        zero |= signs[k] == 0;
    }
    if ((above && below) || (zero && (p->reading == CLOSED || (p->reading == HALF_OPEN && above)))) return -1;
    return above;
}

/* Give a child the signs that follow from its corners; decide what can be decided. fresh: signs at new corners. */
static void settle(Plane *p, int side, const int8_t *fresh) {
    const Cell *own = &p->own;
    Cell *c = &p->child[side];
    const int32_t corners = c->head.corners, u = own->head.undecided, *source = p->source[side];
    int32_t kept = 0;
    for (int32_t j = 1; j < u; j++) {
        int8_t *signs = c->signs + (int64_t)kept * corners;
        const int8_t *old = own->signs + (int64_t)j * own->head.corners;
        for (int32_t k = 0; k < corners; k++) signs[k] = source[k] >= 0 ? old[source[k]] : fresh[2 * j - 1 - source[k]];
        const int bit = bit_of_signs(p, signs, corners);
        if (bit < 0)
            c->list[kept++] = own->list[j];
        else
            note_bit(p, c, own->list[j], bit);
    }
    c->head.undecided = kept;
    p->work += (int64_t)u * corners;
}

/* A leaf of the last layer: count it and, if paths are wanted, write it down. There is room. */
static void reach(Plane *p, const Cell *c) {
    p->count++;
    if (!p->paths) return;
    const Layer *last = &p->layer[p->layers - 1];
    const int64_t total = last->offset + last->neurons;
    uint8_t *bits = p->leaf_bits + p->leaves * total;
    memcpy(bits, p->bits, (size_t)last->offset);
    memcpy(bits + last->offset, c->bits, (size_t)last->neurons);
    for (int32_t k = 0; k < c->head.corners; k++) {
        p->leaf_names[2 * p->names] = c->corner[k].one;
        p->leaf_names[2 * p->names++ + 1] = c->corner[k].two;
    }
    p->leaf_corners[p->leaves++] = c->head.corners;
}

/* Put a cell where it waits for its next step; cells that are finished are counted. */
static void place(Plane *p, Cell *c) {
    const int last = c->head.layer == p->layers - 1;
    if (last && !p->paths) {
        if (!c->head.undecided) {
            p->count++;
            return;
        }
        if (c->head.undecided == 1 && p->reading == FULL) {
            p->count += 2;
            return;
        }
    }
    if (!last && !c->head.undecided) {
        c->head.waits = ENTERING;
        c->head.layer++;
    }
    push(p, c);
}

/* The map of the next layer for a second child. */
static double *copy_of_next(Plane *p, const double *next, int layer) {
    if (!next) return NULL;
    double *map = take_map(p, layer + 1);
    if (map) memcpy(map, next, (size_t)(3 * p->layer[layer + 1].neurons) * sizeof(double));
    return map;
}

/* Finish the children that there are: bit 0 comes on top of the stack, so that leaves come sorted. */
static int place_children(Plane *p, int with_zero, int with_one, const int8_t *fresh) {
    const int32_t neuron = p->own.list[0];
    double *next = p->own.head.next;
    p->child[1].head.next = with_zero && with_one ? copy_of_next(p, next, p->own.head.layer) : next;
    if (p->failed) return p->failed;
    pop(p);
    for (int bit = 1; bit >= 0; bit--) {
        if (!(bit ? with_one : with_zero)) continue;
        note_bit(p, &p->child[bit], neuron, bit);
        settle(p, bit, fresh);
        place(p, &p->child[bit]);
    }
    return p->failed ? p->failed : BUSY;
}

/* splitting ---------------------------------------------------------------------------------------------------- */

/* The signs of the undecided neurons at a new corner on an edge from corner k to corner l. */
static void signs_between(Plane *p, const Corner *w, int32_t k, int32_t l, int8_t *fresh) {
    const Cell *own = &p->own;
    const Layer *layer = &p->layer[own->head.layer];
    const double bound = bound_at(&layer->map, w);
    for (int32_t j = 1; j < own->head.undecided; j++) {
        const int8_t *signs = own->signs + (int64_t)j * own->head.corners;
        const int8_t one = signs[k], two = signs[l];
        if (one * two >= 0) { /* linear on the edge: never zero between ends that are not both zero */
            fresh[2 * j] = one ? one : two;
            continue;
        }
        const double value = value_at(&layer->map, layer->neurons, own->list[j], w);
        fresh[2 * j] = settled_sign(p, w, own->list[j], value, bound);
    }
}

/* Cut a polygon or a segment by its first undecided neuron, which has both signs there. */
static int cut(Plane *p, int8_t *fresh) {
    const Cell *own = &p->own;
    const Layer *layer = &p->layer[own->head.layer];
    const int32_t n = own->head.corners, ends = n > 2 ? n : 1, neuron = own->list[0];
    const int8_t *s = own->signs;
    Edge line[2]; /* of the part below, of the part above */
    Corner fresh_corner[2];
    int32_t made = 0;
    for (int side = 0; side < 2; side++) {
        edge_of_row(&line[side], &layer->map, layer->neurons, neuron, !side);
        line[side].name = ((int64_t)own->head.layer << 32) + neuron;
        line[side].open = side && p->reading == HALF_OPEN;
    }
    for (int32_t k = 0; k < ends; k++) {
        const int32_t l = k + 1 < n ? k + 1 : 0;
        if (s[k] * s[l] >= 0) continue;
        if (made == 2) return IMPOSSIBLE;
        Corner *w = &fresh_corner[made];
        meet(w, &own->edge[k], &line[s[k] > 0]); /* e x a where the sign falls, e x -a where it rises */
        w->open = own->edge[k].open;
        signs_between(p, w, k, l, fresh + made++);
    }
    if (p->questions) return QUESTIONS;
    int32_t changes = made;
    made = 0;
    for (int32_t k = 0; k < n; k++) {
        const int32_t l = k + 1 < n ? k + 1 : 0, before = k ? k - 1 : n - 1;
        const Corner *v = &own->corner[k];
        const Edge *e = &own->edge[n > 2 ? k : 0];
        if (s[k]) append(p, s[k] > 0, k, v, e);
        if (!s[k]) {
            const int falls = s[before] > 0;
            if (s[before] * s[l] >= 0) return IMPOSSIBLE;
            changes++;
            append(p, 0, k, v, falls ? e : &line[0]);
            append(p, 1, k, v, falls ? &line[1] : e)->open |= line[1].open;
        } else if (s[k] * s[l] < 0 && k < ends) {
            const int falls = s[k] > 0;
            append(p, 0, -1 - made, &fresh_corner[made], falls ? e : &line[0]);
            append(p, 1, -1 - made, &fresh_corner[made], falls ? &line[1] : e)->open |= line[1].open;
            made++;
        }
    }
    const int least = n > 2 ? 3 : 2;
    if (p->child[0].head.corners < least || p->child[1].head.corners < least) return IMPOSSIBLE;
    if (changes != (n > 2 ? 2 : 1)) return IMPOSSIBLE;
    return place_children(p, 1, 1, fresh);
}

/* Take the whole of `own` for one child. */
static void take_all(Plane *p, int side) {
    const int32_t n = p->own.head.corners;
    for (int32_t k = 0; k < n; k++)
        append(p, side, k, &p->own.corner[k], k < edges_of(n) ? &p->own.edge[k] : NULL);
}

/* A neuron that vanishes on a face and has one sign elsewhere, or vanishes everywhere: faces may be cells. */
static int touch(Plane *p, int above, int zeros) {
    const Cell *own = &p->own;
    const int32_t n = own->head.corners;
    const int8_t *s = own->signs;
    take_all(p, above);
    if (zeros == n) { /* closed reading: both bits */
        take_all(p, !above);
        return place_children(p, 1, 1, NULL);
    }
    if (zeros > 2) return IMPOSSIBLE;
    int32_t first = 0;
    while (s[first]) first++;
    if (zeros == 2 && !first && s[1]) first = n - 1; /* the edge from the last corner to the first */
    const int32_t second = first + 1 < n ? first + 1 : 0;
    if (zeros == 2 && s[second]) return IMPOSSIBLE;
    const int open = zeros == 1 ? own->corner[first].open : own->edge[first].open;
    if (!open) {
        append(p, !above, first, &own->corner[first], zeros == 2 ? &own->edge[first] : NULL);
        if (zeros == 2) append(p, !above, second, &own->corner[second], NULL);
    }
    if (above && p->reading == HALF_OPEN) {
        for (int32_t k = 0; k < n; k++) p->child[1].corner[k].open |= !s[k];
        if (zeros == 2) p->child[1].edge[first].open = 1;
    }
    return place_children(p, above ? !open : 1, above ? 1 : !open, NULL);
}

static int split(Plane *p) {
    const Cell *own = &p->own;
    if (!own->head.undecided) {
        reach(p, own);
        pop(p);
        return BUSY;
    }
    int above = 0, below = 0, zeros = 0;
    for (int32_t k = 0; k < own->head.corners; k++) {
        above |= own->signs[k] > 0;
        below |= own->signs[k] < 0;
        zeros += !own->signs[k];
    }
    if (!begin_children(p)) return p->failed;
    if (!above || !below) return touch(p, above, zeros);
    int8_t small[128], *fresh = small;
    if (own->head.undecided > 64) fresh = malloc((size_t)own->head.undecided * 2);
    if (!fresh) return p->failed = NO_MEMORY;
    const int status = cut(p, fresh);
    if (fresh != small) free(fresh);
    return status;
}

/* entering a layer ------------------------------------------------------------------------------------------------ */

/* low, high: the least value minus bound, the greatest value plus bound, of each neuron at the corners of `own`. */
static void evaluate(Plane *p, const Layer *l) {
    const int64_t n = l->neurons;
    double *restrict low = p->low, *restrict high = p->high;
    const double *restrict a = l->map.rows, *restrict b = a + n, *restrict c = b + n;
    for (int64_t r = 0; r < n; r++) low[r] = INFINITY, high[r] = -INFINITY;
    for (int32_t k = 0; k < p->own.head.corners; k++) {
        const Corner *v = &p->own.corner[k];
        const double bound = bound_at(&l->map, v), x = v->x[0], y = v->x[1], t = v->x[2];
        for (int64_t r = 0; r < n; r++) {
            const double value = a[r] * x + b[r] * y + c[r] * t;
            const double less = value - bound, more = value + bound;
            low[r] = less < low[r] ? less : low[r];
            high[r] = more > high[r] ? more : high[r];
        }
    }
    p->work += n * p->own.head.corners;
}

/* The bit of neuron r on `own`, or -1 if it has to be split by; its signs at the corners are written then. */
static int bit_of_neuron(Plane *p, const Layer *l, int64_t r, int8_t *signs) {
    const Cell *own = &p->own;
    if (l->kind[r] == LINEAR) return 1;
    if (!own->head.layer && p->forced && p->forced[r]) return p->forced[r] > 0;
    if (l->kind[r] == ZERO) {
        memset(signs, 0, (size_t)own->head.corners);
        return bit_of_signs(p, signs, own->head.corners);
    }
    if (p->low[r] > 0 && !p->doubt) return 1;
    if (p->high[r] < 0 && !p->doubt) return 0;
    for (int32_t k = 0; k < own->head.corners; k++) {
        const Corner *v = &own->corner[k];
        signs[k] = settled_sign(p, v, r, value_at(&l->map, l->neurons, r, v), bound_at(&l->map, v));
    }
    return bit_of_signs(p, signs, own->head.corners);
}

/* The map of the next layer as far as it is decided: the terms of t, of linear neurons, of known bits. */
static double *begin_next(Plane *p, int layer, const uint8_t *known) {
    double *next = take_map(p, layer + 1);
    if (!next) return NULL;
    const Layer *l = &p->layer[layer + 1];
    memset(next, 0, (size_t)(3 * l->neurons) * sizeof(double));
    add_product(next, l->up + l->before * l->stride, p->end, l->neurons);
    for (int64_t r = 0; r < l->before; r++)
        if (known[r] < 2) contribute(p, layer, next, r, known[r]);
    return next;
}

/* Enter a layer on the cell on top of the stack, whose neurons before are all decided. */
static int enter(Plane *p) {
    Cell *own = &p->own;
    const int layer = own->head.layer;
    Layer *l = &p->layer[layer];
    if (layer) memcpy(p->bits + p->layer[layer - 1].offset, own->bits, (size_t)p->layer[layer - 1].neurons);
    if (layer) l->map.rows = own->head.next;
    measure(p, layer);
    evaluate(p, l);
    const int64_t n = l->neurons, corners = own->head.corners;
    if (!grow(p, &p->parts, &p->part_bytes, n * (corners + 8))) return p->failed;
    int32_t *list = (int32_t *)p->parts;
    uint8_t *known = (uint8_t *)p->parts + 4 * n;
    int8_t *signs = (int8_t *)p->parts + 5 * n;
    int32_t undecided = 0;
    for (int64_t r = 0; r < n; r++) {
        const int bit = bit_of_neuron(p, l, r, signs + undecided * corners);
        known[r] = bit < 0 ? 2 : (uint8_t)bit;
        if (bit < 0) list[undecided++] = (int32_t)r;
    }
    if (p->questions) return QUESTIONS;
    double *next = layer + 1 < p->layers ? begin_next(p, layer, known) : NULL;
    if (p->failed) return p->failed;
    pop(p);
    Cell end = {{0, l->map.rows, 0, 0, layer, END_OF_LAYER}, NULL, NULL, NULL, NULL, NULL};
    Cell inner = {{0, next, own->head.corners, undecided, layer, SPLITTING}, own->corner, own->edge, known, list, signs};
    if (layer) push(p, &end);
    place(p, &inner);
    return p->failed ? p->failed : BUSY;
}

/* what Python calls ------------------------------------------------------------------------------------------------ */

EXACTRELU_API void exactrelu_plane_free(Plane *p) {
    if (!p) return;
    for (int k = 0; p->layer && k < p->layers; k++)
        for (double *map = p->layer[k].spare, *next; map; map = next) {
            memcpy(&next, map, sizeof(double *));
            free(map);
        }
    /* Maps that cells on the stack have. */
    while (p->used && read_top(p)) {
        if (p->own.head.next) free(p->own.head.next);
        pop(p);
    }
    free(p->layer), free(p->bits), free(p->stack), free(p->copy), free(p->parts), free(p->low), free(p->high);
    free(p->question), free(p->answer), free(p);
}

EXACTRELU_API Plane *exactrelu_plane_new(int64_t layers, int64_t widest, int64_t neurons, int64_t reading,
                                         int64_t paths) {
    Plane *p = calloc(1, sizeof(Plane));
    if (!p) return NULL;
    p->layers = (int32_t)layers, p->reading = (int32_t)reading, p->paths = (int32_t)paths, p->widest = widest;
    p->layer = calloc((size_t)layers, sizeof(Layer));
    p->bits = calloc((size_t)neurons + 1, 1);
    p->low = malloc((size_t)widest * sizeof(double));
    p->high = malloc((size_t)widest * sizeof(double));
    if (p->layer && p->bits && p->low && p->high) return p;
    exactrelu_plane_free(p);
    return NULL;
}

/* Describe layer k; up and down (or NULL) stay where they are. */
EXACTRELU_API void exactrelu_plane_layer(Plane *p, int64_t k, int64_t neurons, int64_t before, int64_t stride,
                                         int64_t offset, const double *up, const double *down, const uint8_t *kind,
                                         double steepness, int64_t grid) {
    Layer *l = &p->layer[k];
    l->neurons = neurons, l->before = before, l->stride = stride, l->offset = offset;
    l->up = up, l->down = down, l->kind = kind, l->steepness = steepness, l->grid = (int32_t)grid;
}

/* The map of the first layer, by columns, and t, with the common bound of their errors and their grid. */
EXACTRELU_API void exactrelu_plane_start(Plane *p, double *rows, const double *end, double error, int64_t grid) {
    p->layer[0].map.rows = rows, p->layer[0].map.error = error, p->layer[0].map.grid = (int32_t)grid;
    for (int j = 0; j < 3; j++) {
        p->end[j] = end[j];
        if (fabs(end[j]) > p->end_size) p->end_size = fabs(end[j]);
    }
    p->end_error = error;
}

/*
 * A first cell: corners in cyclic order and the edges that leave them, four doubles each (three entries, error), two
 * names and one name, and whether they are open. forced may be NULL.
 */
EXACTRELU_API int64_t exactrelu_plane_cell(Plane *p, int64_t corners, const double *corner, const int64_t *names,
                                           const double *edge, const int64_t *lines, const uint8_t *open,
                                           int64_t grid, const int8_t *forced) {
    Head head = {0, NULL, (int32_t)corners, 0, 0, ENTERING};
    if (!grow(p, &p->parts, &p->part_bytes, room_for(p, &head, corners, 0))) return NO_MEMORY;
    Cell c;
    c.head = head;
    lay_out(&c, p->parts, corners, 0);
    for (int64_t k = 0; k < corners; k++) {
        Corner *v = &c.corner[k];
        Edge *e = &c.edge[k];
        v->sum = e->size = 0;
        for (int j = 0; j < 3; j++) {
            v->x[j] = corner[4 * k + j], e->row[j] = edge[4 * k + j];
            v->sum += fabs(v->x[j]);
            if (fabs(e->row[j]) > e->size) e->size = fabs(e->row[j]);
        }
        v->error = corner[4 * k + 3], e->error = edge[4 * k + 3];
        v->one = names[2 * k], v->two = names[2 * k + 1], e->name = lines[k];
        v->open = open[2 * k], e->open = open[2 * k + 1];
        v->grid = v->error == 0 ? (int32_t)grid : INEXACT, e->grid = e->error == 0 ? (int32_t)grid : INEXACT;
    }
    p->forced = forced;
    push(p, &c);
    return p->failed;
}

/*
 * Go on for about so much work. DONE: nothing is left. QUESTIONS: signs are asked for. LEAVES: there may be no room for
 * two leaves more. totals: cells counted, leaves, names written, questions, the layer that they are about, signs
 * that were asked for in all.
 */
EXACTRELU_API int64_t exactrelu_plane_run(Plane *p, int64_t work, uint8_t *bits, int64_t *names, int32_t *corners,
                                          int64_t leaf_room, int64_t name_room, int64_t *totals) {
    p->work = 0, p->leaves = 0, p->names = 0, p->questions = 0;
    p->leaf_bits = bits, p->leaf_names = names, p->leaf_corners = corners;
    int status = BUSY;
    while (status == BUSY && p->used && p->work < work) {
        if (!read_top(p)) return p->failed;
        p->work += 64;
        p->next_answer = 0;
        if (p->own.head.waits == END_OF_LAYER) {
            give_map(p, p->own.head.layer, p->own.head.next);
            pop(p);
            continue;
        }
        if (p->paths && (p->leaves == leaf_room || p->names + p->own.head.corners > name_room)) status = LEAVES;
        else status = p->own.head.waits == ENTERING ? enter(p) : split(p);
        if (status != QUESTIONS) p->answers = 0;
    }
    if (status == QUESTIONS) p->ambiguous += p->questions;
    totals[0] = p->count, totals[1] = p->leaves, totals[2] = p->names, totals[3] = p->questions;
    totals[4] = p->used ? p->own.head.layer : 0, totals[5] = p->ambiguous;
    return status == BUSY && !p->used ? DONE : status;
}

/* From now on ask for every sign (1), or no longer (0). */
EXACTRELU_API void exactrelu_plane_doubt(Plane *p, int64_t doubt) { p->doubt = (int32_t)doubt; }

/* What is asked, three numbers each; the values and bounds, two each; the bits of the layers before. */
EXACTRELU_API void exactrelu_plane_questions(const Plane *p, int64_t *asked, double *measured, uint8_t *bits) {
    for (int64_t q = 0; q < p->questions; q++) {
        const Question *one = &p->question[q];
        asked[3 * q] = one->one, asked[3 * q + 1] = one->two, asked[3 * q + 2] = one->neuron;
        measured[2 * q] = one->value, measured[2 * q + 1] = one->bound;
    }
    memcpy(bits, p->bits, (size_t)p->layer[p->own.head.layer].offset);
}

/* The signs that were asked for, in order. */
EXACTRELU_API int64_t exactrelu_plane_answer(Plane *p, const int8_t *signs, int64_t number) {
    int8_t *moved = realloc(p->answer, (size_t)number + 1);
    if (!moved) return NO_MEMORY;
    p->answer = moved;
    memcpy(moved, signs, (size_t)number);
    p->answers = number;
    return 0;
}
