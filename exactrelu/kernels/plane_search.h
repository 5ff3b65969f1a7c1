/* What the search in the plane keeps: layers, a stack of cells that wait, and what is asked and answered. */
#ifndef EXACTRELU_PLANE_SEARCH_H
#define EXACTRELU_PLANE_SEARCH_H

#include "plane_cells.h"

enum { FULL, HALF_OPEN, CLOSED };
enum { DONE, BUSY, QUESTIONS, FILLED, NO_MEMORY, IMPOSSIBLE };
enum { LINEAR, BENT, ZERO };              /* kinds of neurons; ZERO: bent, and its pre-activation is zero everywhere */
enum { ENTERING, SPLITTING, END_OF_LAYER, LEAF }; /* what a record on the stack waits for */

typedef struct {
    int64_t neurons, before, stride, offset;
    const double *up, *down; /* row i: what neuron i before adds to each neuron if its bit is 1, 0; up's last row: t */
    const uint8_t *kind;
    double steepness; /* at least the sum of the absolute values that a neuron can be given by those before */
    int32_t grid;
    Map map;       /* on the cell that is being split */
    double *spare; /* maps that are free, each with the address of the next one in its first entry */
} Layer;

typedef struct {
    int64_t bytes;
    double *next; /* the map of the next layer as far as its terms are decided; of the own layer when entering */
    int32_t corners, undecided, layer, waits, touching, changes;
} Head;

/*
 * A cell with places for its parts. list: its undecided neurons, each with a row of signs at the corners. tight: decided
 * neurons that are zero at a corner, by their number among all, each with a row of what is zero (kept for leaves alone).
 * change: bits that were decided when it was cut out of its parent, (2 times the number among all) + bit.
 */
typedef struct {
    Head head;
    Corner *corner;
    Edge *edge;
    int32_t *list, *tight, *change;
    int8_t *signs, *zeros;
} Cell;

typedef struct {
    int64_t one, two, neuron;
    double value, bound;
} Question;

/* Leaves: `cells` of at most `room`; width bits each, of all neurons or of those that are listed. */
typedef struct {
    int64_t cells, room, width;
    const int32_t *bent;
    uint8_t *bits;
    int32_t *corners, *zeros; /* how many a cell has */
    double *centre;
    char *line, *zero; /* two names for each corner; for each zero its corner in the cell, and the neuron */
    int64_t lines, line_bytes, zero_pairs, zero_bytes;
} Found;

typedef struct {
    int32_t layers, reading, failed;
    int32_t doubt; /* for tests: every sign is asked for */
    Layer *layer;
    double end[3], end_size, end_error; /* t as a functional */
    int32_t end_grid;
    const int8_t *forced; /* signs of neurons of the first layer that are known on the first cell, else 0 */
    uint8_t *bits;        /* of all neurons; those decided on the cell at hand are right */
    char *stack, *copy, *parts;
    int64_t used, capacity, copy_bytes, part_bytes;
    double *low, *high;
    Cell own, child[2];
    int32_t *source[2]; /* where corners of children come from: -1, -2 are new */
    int32_t between[2][2]; /* the ends of the edges that new corners are on */
    Question *question;
    int64_t questions, question_room, answers, next_answer, ambiguous;
    int8_t *answer;
    int64_t work, count;
    Found *found; /* where leaves are handed over; NULL if they are only counted */
} Plane;

/* maps that come and go ------------------------------------------------------------------------------------ */

static double *take_map(Plane *p, int layer) {
    Layer *l = &p->layer[layer];
    double *map = l->spare;
    if (map) {
        memcpy(&l->spare, map, sizeof(double *));
        return map;
    }
    map = malloc((size_t)(3 * l->neurons) * sizeof(double));
    if (!map) p->failed = NO_MEMORY;
    return map;
}

static void give_map(Plane *p, int layer, double *map) {
    memcpy(map, &p->layer[layer].spare, sizeof(double *));
    p->layer[layer].spare = map;
}

/* Add the column, one entry for each of n neurons, times the row of three. */
static void add_product(double *restrict map, const double *restrict column, const double row[3], int64_t n) {
    const double a = row[0], b = row[1], c = row[2];
    double *restrict second = map + n, *restrict third = map + 2 * n;
    for (int64_t r = 0; r < n; r++) map[r] += column[r] * a;
    for (int64_t r = 0; r < n; r++) second[r] += column[r] * b;
    for (int64_t r = 0; r < n; r++) third[r] += column[r] * c;
}

/* The same for two columns at once, which halves the traffic of sums. */
static void add_two_products(double *restrict map, const double *restrict column, const double *restrict other,
                             const double row[3], const double more[3], int64_t n) {
    const double a = row[0], b = row[1], c = row[2], d = more[0], e = more[1], f = more[2];
    double *restrict second = map + n, *restrict third = map + 2 * n;
    for (int64_t r = 0; r < n; r++) {
        const double v = column[r], w = other[r];
        map[r] += v * a + w * d;
        second[r] += v * b + w * e;
        third[r] += v * c + w * f;
    }
}

/* Add to the map of the next layer what neuron r of this one gives, now that its bit is known. */
static void contribute(Plane *p, int layer, double *next, int64_t r, int bit) {
    const Layer *own = &p->layer[layer], *l = own + 1;
    const double *column = bit ? l->up : l->down;
    if (!column) return;
    double row[3];
    row_of(&own->map, own->neurons, r, row);
    add_product(next, column + r * l->stride, row, l->neurons);
    p->work += 3 * l->neurons;
}

/* How large the entries of a map are, and how far they may be off (section 8). */
static void measure(Plane *p, int layer) {
    Layer *l = &p->layer[layer];
    const int64_t n = l->neurons;
    const double *restrict a = l->map.rows, *restrict b = a + n, *restrict c = b + n;
    double first = 0, second = 0, third = 0; /* three, so that none waits for another */
    for (int64_t r = 0; r < n; r++) {
        const double x = fabs(a[r]), y = fabs(b[r]), t = fabs(c[r]);
        first = x > first ? x : first;
        second = y > second ? y : second;
        third = t > third ? t : third;
    }
    first = second > first ? second : first;
    l->map.size = third > first ? third : first;
    if (!layer) return; /* given with its error */
    const Map *before = &l[-1].map;
    const double size = before->size > p->end_size ? before->size : p->end_size;
    const double error = before->error > p->end_error ? before->error : p->end_error;
    l->map.grid = l->grid;
    if (error == 0 && l->grid <= 52 && l->steepness * size <= LARGEST) {
        l->map.error = 0;
        return;
    }
    const double terms = (double)(l->before + 20) * (1.01 * UNIT);
    const double bound = l->steepness * ((1 + 16 * UNIT) * error + terms * (size + error));
    l->map.error = finite_or_infinite(bound * ROUND_UP + FLOOR * (double)(l->before + 2));
    l->map.grid = INEXACT;
}

/* records on the stack --------------------------------------------------------------------------------------- */

/* How many bytes the parts of a cell take with so many corners, undecided and touching neurons, changes. */
static int64_t room_for(const Head *h) {
    const int64_t each = (int64_t)(sizeof(Corner) + sizeof(Edge)), rows = (int64_t)h->undecided + h->touching;
    return (h->corners * each + (rows + h->changes) * (int64_t)sizeof(int32_t) + rows * h->corners + 7) / 8 * 8;
}

/* Set the places of the parts of a cell behind `at`. */
static void lay_out(Cell *c, char *at, const Head *h) {
    c->corner = (Corner *)at, at += h->corners * (int64_t)sizeof(Corner);
    c->edge = (Edge *)at, at += h->corners * (int64_t)sizeof(Edge);
    c->list = (int32_t *)at, at += h->undecided * (int64_t)sizeof(int32_t);
    c->tight = (int32_t *)at, at += h->touching * (int64_t)sizeof(int32_t);
    c->change = (int32_t *)at, at += h->changes * (int64_t)sizeof(int32_t);
    c->signs = (int8_t *)at, at += (int64_t)h->undecided * h->corners;
    c->zeros = (int8_t *)at;
}

static int grow(Plane *p, char **memory, int64_t *capacity, int64_t bytes) {
    if (bytes <= *capacity) return 1;
    const int64_t larger = 2 * bytes + 4096;
    char *moved = realloc(*memory, (size_t)larger);
    if (!moved) {
        p->failed = NO_MEMORY;
        return 0;
    }
    *memory = moved;
    *capacity = larger;
    return 1;
}

static void copy_part(void *to, const void *from, int64_t bytes) {
    if (bytes) memcpy(to, from, (size_t)bytes);
}

/* Put a cell on the stack; what it gives its next map to is the record. */
static void push(Plane *p, const Cell *c) {
    Cell placed = *c;
    const int64_t corners = c->head.corners, u = c->head.undecided, t = c->head.touching;
    const int64_t bytes = (int64_t)sizeof(Head) + room_for(&c->head);
    if (!grow(p, &p->stack, &p->capacity, p->used + bytes + 8)) return;
    char *start = p->stack + p->used;
    lay_out(&placed, start + sizeof(Head), &c->head);
    placed.head.bytes = bytes;
    memcpy(start, &placed.head, sizeof(Head));
    copy_part(placed.corner, c->corner, corners * (int64_t)sizeof(Corner));
    copy_part(placed.edge, c->edge, (corners ? edges_of((int)corners) : 0) * (int64_t)sizeof(Edge));
    copy_part(placed.list, c->list, u * (int64_t)sizeof(int32_t));
    copy_part(placed.tight, c->tight, t * (int64_t)sizeof(int32_t));
    copy_part(placed.change, c->change, c->head.changes * (int64_t)sizeof(int32_t));
    copy_part(placed.signs, c->signs, u * corners);
    copy_part(placed.zeros, c->zeros, t * corners);
    memcpy(start + bytes, &bytes, 8);
    p->used += bytes + 8;
}

/* Write the bits that were decided when a cell was cut out. */
static void note_changes(Plane *p, const Cell *c) {
    for (int32_t i = 0; i < c->head.changes; i++) p->bits[c->change[i] >> 1] = c->change[i] & 1;
}

/*
 * Copy the cell on top of the stack to `own`. Its bits are right then: since its parent was taken, only the parent's
 * undecided neurons, and those of later layers, were changed; and all of the former are its changes, or undecided.
 */
static int read_top(Plane *p) {
    int64_t bytes;
    memcpy(&bytes, p->stack + p->used - 8, 8);
    const char *start = p->stack + p->used - 8 - bytes;
    if (!grow(p, &p->copy, &p->copy_bytes, bytes)) return 0;
    memcpy(p->copy, start, (size_t)bytes);
    memcpy(&p->own.head, p->copy, sizeof(Head));
    lay_out(&p->own, p->copy + sizeof(Head), &p->own.head);
    note_changes(p, &p->own);
    return 1;
}

static void pop(Plane *p) { p->used -= p->own.head.bytes + 8; }

/* questions --------------------------------------------------------------------------------------------------- */

/* The sign of neuron r at a corner, from its value, or from the answers, or asked for. */
static int8_t settled_sign(Plane *p, const Corner *v, int64_t r, double value, double bound) {
    if (!p->doubt) {
        if (value > bound) return 1;
        if (value < -bound) return -1;
        if (bound == 0) return 0;
    }
    if (p->next_answer < p->answers) return p->answer[p->next_answer++];
    if (p->questions == p->question_room) {
        const int64_t room = 2 * p->question_room + 64;
        Question *moved = realloc(p->question, (size_t)room * sizeof(Question));
        if (!moved) {
            p->failed = NO_MEMORY;
            return 0;
        }
        p->question = moved;
        p->question_room = room;
    }
    const Question asked = {v->one, v->two, r, value, bound};
    p->question[p->questions++] = asked;
    return 0;
}

#endif
