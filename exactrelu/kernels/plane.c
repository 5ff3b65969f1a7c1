/*
 * The search in the plane, cell by cell and depth first.
 *
 * A cell waits on the stack until a layer is entered or one of the neurons that are not decided on it is taken. Each is
 * decided by exact signs at its corners; a sign that doubles do not prove is asked for, and the step is done again with the answers.
 * docs/float-filter.md, sections 7 to 10.
 */
#include "plane_split.h"

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

/*
 * The bit of neuron r on `own`, or -1 if it has to be split by; its signs at the corners are written then, and also
 * where it may have zeros and these are wanted: `may_touch` is set then.
 */
static int bit_of_neuron(Plane *p, const Layer *l, int64_t r, int8_t *signs, int *may_touch) {
    const Cell *own = &p->own;
    const int forced = !own->head.layer && p->forced ? p->forced[r] : 0;
    *may_touch = 0;
    if (l->kind[r] == LINEAR) return 1;
    if (forced && !p->found) return forced > 0;
    *may_touch = p->found != NULL;
    if (l->kind[r] == ZERO) {
        memset(signs, 0, (size_t)own->head.corners);
        return bit_of_signs(p, signs, own->head.corners);
    }
    if (!p->doubt && (p->low[r] > 0 || p->high[r] < 0)) {
        *may_touch = 0;
        return p->low[r] > 0;
    }
    for (int32_t k = 0; k < own->head.corners; k++) {
        const Corner *v = &own->corner[k];
        signs[k] = settled_sign(p, v, r, value_at(&l->map, l->neurons, r, v), bound_at(&l->map, v));
    }
    return forced ? forced > 0 : bit_of_signs(p, signs, own->head.corners);
}

/* The map of the next layer as far as it is decided: the terms of t, of linear neurons, of known bits. */
static double *begin_next(Plane *p, int layer, const uint8_t *known) {
    double *next = take_map(p, layer + 1);
    if (!next) return NULL;
    const Layer *l = &p->layer[layer + 1];
    memset(next, 0, (size_t)(3 * l->neurons) * sizeof(double));
    const double *waiting = l->up + l->before * l->stride; /* a column that waits for another; first that of t */
    double row[3] = {p->end[0], p->end[1], p->end[2]};
    for (int64_t r = 0; r < l->before; r++) {
        const double *column = known[r] == 1 ? l->up : known[r] == 0 ? l->down : NULL;
        if (!column) continue;
        double own[3];
        row_of(&p->layer[layer].map, l->before, r, own);
        column += r * l->stride;
        if (waiting) add_two_products(next, waiting, column, row, own, l->neurons);
        waiting = waiting ? NULL : column;
        if (waiting) memcpy(row, own, sizeof own);
        p->work += 3 * l->neurons;
    }
    if (waiting) add_product(next, waiting, row, l->neurons);
    return next;
}

/* Give a cell that enters a layer, a copy of `own`, room for the neurons of the layer. */
static int begin_inner(Plane *p, Cell *inner) {
    const Cell *own = &p->own;
    Head room = own->head;
    room.undecided = (int32_t)p->layer[room.layer].neurons + 1; /* signs are written before it is known */
    room.touching += p->found ? room.undecided : 0;
    room.corners = room.changes = 0;
    const int64_t corners = own->head.corners, rows = (int64_t)room.undecided + room.touching;
    if (!grow(p, &p->parts, &p->part_bytes, room_for(&room) + rows * corners)) return 0;
    lay_out(inner, p->parts, &room);
    inner->corner = own->corner, inner->edge = own->edge;
    inner->zeros = inner->signs + room.undecided * corners;
    inner->head.waits = SPLITTING;
    inner->head.undecided = inner->head.changes = 0;
    copy_part(inner->tight, own->tight, own->head.touching * (int64_t)sizeof(int32_t));
    copy_part(inner->zeros, own->zeros, own->head.touching * corners);
    return 1;
}

/* Enter a layer on the cell on top of the stack, whose neurons before are all decided. */
static int enter(Plane *p) {
    Cell *own = &p->own;
    const int layer = own->head.layer;
    Layer *l = &p->layer[layer];
    if (layer) l->map.rows = own->head.next;
    measure(p, layer);
    evaluate(p, l);
    Cell inner = *own;
    if (!begin_inner(p, &inner)) return p->failed;
    const int64_t n = l->neurons, corners = own->head.corners;
    uint8_t *known = p->bits + l->offset; /* 2: not known */
    const int quick = layer && !p->doubt; /* for most neurons two doubles say all */
    for (int64_t r = 0; r < n; r++) {
        if (quick && l->kind[r] == BENT && (p->low[r] > 0 || p->high[r] < 0)) {
            known[r] = p->low[r] > 0;
            continue;
        }
        int may_touch;
        int8_t *signs = inner.signs + inner.head.undecided * corners;
        const int bit = bit_of_neuron(p, l, r, signs, &may_touch);
        known[r] = bit < 0 ? 2 : (uint8_t)bit;
        if (bit < 0)
            inner.list[inner.head.undecided++] = (int32_t)r;
        else if (may_touch)
            keep_zeros(p, &inner, (int32_t)r, signs);
    }
    if (p->questions) return QUESTIONS;
    inner.head.next = layer + 1 < p->layers ? begin_next(p, layer, known) : NULL;
    if (p->failed) return p->failed;
    pop(p);
    Cell end = {{0, l->map.rows, 0, 0, layer, END_OF_LAYER, 0, 0}, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
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
    free(p->question), free(p->answer);
    if (p->found) free(p->found->line), free(p->found->zero), free(p->found);
    free(p);
}

EXACTRELU_API Plane *exactrelu_plane_new(int64_t layers, int64_t widest, int64_t neurons, int64_t reading) {
    Plane *p = calloc(1, sizeof(Plane));
    if (!p) return NULL;
    p->layers = (int32_t)layers, p->reading = (int32_t)reading;
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
    Head head = {0, NULL, (int32_t)corners, 0, 0, ENTERING, 0, 0};
    if (!grow(p, &p->parts, &p->part_bytes, room_for(&head))) return NO_MEMORY;
    Cell c;
    c.head = head;
    lay_out(&c, p->parts, &head);
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
 * Go on for about so much work. DONE: nothing is left. QUESTIONS: signs are asked for. totals: cells counted, questions,
 * the layer that they are about, signs that were asked for in all; of leaves that were handed over and not taken the
 * number, that of their corners and that of their zeros. FILLED: they are to be taken.
 */
EXACTRELU_API int64_t exactrelu_plane_run(Plane *p, int64_t work, int64_t *totals) {
    p->work = 0, p->questions = 0;
    int status = BUSY;
    while (status == BUSY && p->used && p->work < work && has_room(p)) {
        if (!read_top(p)) return p->failed;
        p->work += 64;
        p->next_answer = 0;
        if (p->own.head.waits == END_OF_LAYER) {
            give_map(p, p->own.head.layer, p->own.head.next);
            pop(p);
            continue;
        }
        if (p->own.head.waits == LEAF) {
            pop(p);
            hand_over(p, &p->own);
            continue;
        }
        status = p->own.head.waits == ENTERING ? enter(p) : split(p);
        if (status != QUESTIONS) p->answers = 0;
    }
    if (status == QUESTIONS) p->ambiguous += p->questions;
    totals[0] = p->count, totals[1] = p->questions, totals[2] = p->used ? p->own.head.layer : 0;
    totals[3] = p->ambiguous;
    if (p->found) totals[4] = p->found->cells, totals[5] = p->found->lines, totals[6] = p->found->zero_pairs;
    if (p->failed) return p->failed;
    return status != BUSY ? status : !p->used ? DONE : has_room(p) ? BUSY : FILLED;
}

/* Hand over leaves from now on: so many bits each, of the neurons that are listed, or of all (NULL). */
EXACTRELU_API int64_t exactrelu_plane_leaves(Plane *p, int64_t width, const int32_t *bent) {
    p->found = calloc(1, sizeof(Found));
    if (!p->found) return NO_MEMORY;
    p->found->width = width, p->found->bent = bent;
    return 0;
}

/* Where the next leaves go, at least two; what was handed over before is gone. */
EXACTRELU_API void exactrelu_plane_room(Plane *p, int64_t cells, uint8_t *bits, int32_t *corners, int32_t *zeros,
                                        double *centre) {
    Found *f = p->found;
    f->cells = f->lines = f->zero_pairs = 0;
    f->room = cells, f->bits = bits, f->corners = corners, f->zeros = zeros, f->centre = centre;
}

/* The corners of the leaves, two names each, and their zeros: number of the corner in the cell, neuron. */
EXACTRELU_API void exactrelu_plane_take(const Plane *p, int64_t *lines, int32_t *zeros) {
    copy_part(lines, p->found->line, p->found->lines * 2 * (int64_t)sizeof(int64_t));
    copy_part(zeros, p->found->zero, p->found->zero_pairs * 2 * (int64_t)sizeof(int32_t));
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
