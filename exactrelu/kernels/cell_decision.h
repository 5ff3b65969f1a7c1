/*
 * One cell and one neuron: which sides the cell has, decided by a simplex dictionary that proposes and by proofs in
 * doubles. See layer_search.c.
 */
#ifndef EXACTRELU_CELL_DECISION_H
#define EXACTRELU_CELL_DECISION_H

#include "float_proofs.h"
#include "kernels.h"
#include "simplex.h"

#define ENOUGH 0.5 /* a climb beyond zero goes on until it is this fraction as far as the point before it */

enum decided { ONE, TWO, VANISHES, LEFT };

/* What is the same for all cells of a call; the fields are those of layer_search.py. */
typedef struct {
    int64_t cells, dimension, rows, neurons, first, last;
    int64_t layers, domain_rows, faces, closed, capacity, effort;
    const double *row;         /* cells x rows x (dimension + 1): positive inside, or zero */
    const double *table;       /* cells x neurons x (dimension + 1) */
    const double *point;       /* cells x (dimension + 1) */
    const int8_t *sign;        /* cells x first: of the neurons before */
    const double *box;         /* 4 x dimension: lower, upper (outwards), lower, upper (inwards); or NULL */
    const int32_t *side;       /* 2 x dimension: the numbers of the domain's rows of the box's sides */
    const int32_t *layer;      /* rows: the layer of each row, -1: the domain */
    const int32_t *rank;       /* cells x layers: how many neurons are active; a large number: no bound */
    const uint8_t *active;     /* cells x rows: whether the row is that of an active neuron */
    int64_t *cell_out;         /* capacity: of which cell it comes */
    int8_t *status_out;        /* capacity */
    int32_t *neuron_out;       /* capacity: the first neuron that is not decided */
    int8_t *bit_out;           /* capacity x (last - first) */
    int8_t *sign_out;          /* likewise */
    double *point_out;         /* capacity x (dimension + 1) */
    double *proposal_out;      /* likewise: of open cells, NaN if there is none */
    int32_t *support_out;      /* capacity x dimension: of open cells, -1: no more */
    int64_t *undecided_out;    /* 1: the first cell that was not begun */
} Task;

typedef struct {
    const Task *task;
    int64_t cell, count;
    const double *row, *table;    /* of the cell */
    Limits limits;
    Dictionary now, trial, *saved; /* saved[i]: of the second child at neuron i */
    int warm, keeps;              /* whether `now` is the cell's; whether dictionaries of second children are kept */
    double *point, *saved_point, *end, *witness, *work;
    const double **support_row;
    double *support_sign, *middle, *radius;
    int64_t *support_column;
    int32_t *support;
    int64_t supported;
    int proposed;                 /* whether `witness` is a proposal */
    int8_t *sign, *bit, *waits, *flat;
} Search;

static const double *row_of(const Search *s, int64_t r) {
    const int64_t width = s->task->dimension + 1;
    return r < s->task->rows ? s->row + r * width : s->table + (r - s->task->rows) * width;
}

static double sign_of(const Search *s, int64_t r) { return r < s->task->rows ? 1.0 : (double)s->sign[r - s->task->rows]; }

static void set_limits(Search *s, int64_t neuron, int8_t sign) {
    const int64_t name = s->task->dimension + s->task->rows + neuron;
    s->limits.lower[name] = sign > 0 ? 0.0 : -INFINITY;
    s->limits.upper[name] = sign < 0 ? 0.0 : INFINITY;
}

static void begin_cell(Search *s, int64_t cell) {
    const Task *t = s->task;
    const int64_t width = t->dimension + 1;
    s->cell = cell;
    s->row = t->row + cell * t->rows * width;
    s->table = t->table + cell * t->neurons * width;
    s->warm = 0;
    for (int64_t j = 0; j < t->dimension; j++) s->point[j] = t->point[cell * width + j];
    for (int64_t r = 0; r < t->rows + t->last; r++) {
        const double *row = row_of(s, r);
        s->flat[r] = 1;
        for (int64_t j = 0; j < t->dimension; j++) s->flat[r] &= row[j] == 0.0;
    }
    for (int64_t i = 0; i < t->last; i++) s->waits[i] = 0;
    for (int64_t i = 0; i < t->first; i++) {
        s->sign[i] = t->sign[cell * t->first + i];
        set_limits(s, i, s->sign[i]);
    }
}

/* The dictionary of the cell at its point, with the rows of the neurons before the given one. */
static void make_dictionary(Search *s, int64_t neuron) {
    const int64_t before = s->task->rows + neuron;
    begin_at(&s->now, s->point);
    for (int64_t r = 0; r < before; r++)
        if (!s->flat[r]) add_row(&s->now, row_of(s, r), (int32_t)(s->task->dimension + r));
    s->warm = 1;
}

/*
 * How much more than the bound on their errors all rows are at a point, and the neuron, times a sign; not positive,
 * or NaN, if the point is not proved to lie inside.
 */
static double room_at(const Search *s, const double *point, int64_t neuron, double sign) {
    const Task *t = s->task;
    const int64_t d = t->dimension, before = t->rows + neuron;
    const double bound = value_bound(point, d);
    double least = sign * value_at(row_of(s, before), point, d) - bound;
    for (int64_t r = 0; r < before && least > 0.0; r++) {
        if (s->flat[r]) continue;
        const double room = sign_of(s, r) * value_at(row_of(s, r), point, d) - bound;
        if (!(room >= least)) least = room;
    }
    for (int64_t j = 0; t->box && j < d && least > 0.0; j++) {
        const double below = point[j] - t->box[2 * d + j], above = t->box[3 * d + j] - point[j];
        if (!(below >= least)) least = below;
        if (!(above >= least)) least = above;
    }
    return least;
}

/* Round a point to few bits, by less than what keeps it inside, into `rounded`. */
static void round_off(const double *point, int64_t dimension, double room, double *rounded) {
    int exponent;
    frexp(room / (double)dimension, &exponent);
    for (int64_t j = 0; j < dimension; j++) rounded[j] = ldexp(nearbyint(ldexp(point[j], -exponent)), exponent);
}

/*
 * Propose a point on the segment from the cell's point to `end`, half-way between zero and the end, where the
 * neuron is `before` > 0 before zero and `behind` > 0 behind it, and prove it inside; with few bits, if possible.
 */
static int prove_between(Search *s, int64_t neuron, double sign, double before, double behind) {
    const int64_t d = s->task->dimension;
    const double part = 0.5 * (1.0 + before / (before + behind));
    for (int64_t j = 0; j < d; j++) s->witness[j] = s->point[j] + part * (s->end[j] - s->point[j]);
    s->proposed = 1;
    const double room = room_at(s, s->witness, neuron, sign);
    if (!(room > 0.0)) return 0;
    round_off(s->witness, d, room, s->end);
    if (room_at(s, s->end, neuron, sign) > 0.25 * room) memcpy(s->witness, s->end, (size_t)d * sizeof(double));
    return 1;
}

/* Set `end` to the vertex, or to the end of an edge from it; on an endless one, where the row is well behind zero. */
static void set_end(Search *s, const Dictionary *one, const Edge *edge, double step) {
    for (int64_t j = 0; j < s->task->dimension; j++) {
        const int32_t place = one->place[j];
        double slope = 0.0;
        if (edge && place >= 0) slope = one->entries[place * one->width + edge->column];
        if (edge && place == -1 - edge->column) slope = 1.0;
        s->end[j] = coordinate(one, j) + slope * step;
    }
}

/* Prove a point on the side of `sign`, from a dictionary whose vertex, or edge, goes behind zero there. */
static int prove_witness(Search *s, const Dictionary *one, const Edge *edge, int64_t neuron, double sign, double before) {
    const double *line = one->entries + (one->rows - 1) * one->width;
    double behind = sign * one->values[one->rows - 1], step = 0.0;
    if (edge) {
        const double slope = sign * line[edge->column] * edge->direction;
        double length = edge->zero + (2.0 * before + 1e-3) / slope;
        if (edge->length < length || edge->length < 1e3 * length) length = edge->length;
        step = edge->direction * length;
        behind += slope * length;
    }
    set_end(s, one, edge, step);
    if (behind >= ENOUGH * before && prove_between(s, neuron, sign, before, behind)) return 1;
    /* Too near to zero: go on climbing, on a copy. */
    Edge way;
    copy_dictionary(&s->trial, one);
    const int64_t row = one->rows - 1;
    const enum climbed found = climb(&s->trial, &s->limits, row, sign, 0, ENOUGH * before, &way);
    behind = sign * s->trial.values[row];
    if (found == ENDLESS) {
        const double slope = sign * s->trial.entries[row * one->width + way.column] * way.direction;
        const double length = (fabs(behind) + 2.0 * before + 1e-3) / slope;
        set_end(s, &s->trial, &way, way.direction * length);
        behind += slope * length;
    } else {
        set_end(s, &s->trial, NULL, 0.0);
    }
    return behind > 0.0 && prove_between(s, neuron, sign, before, behind);
}

/* Collect what keeps the row at its least value: rows with a multiplier; sides of the box only as proposals. */
static int64_t collect_support(Search *s) {
    const Dictionary *one = &s->now;
    const Task *t = s->task;
    const double *line = one->entries + (one->rows - 1) * one->width;
    int64_t rows = 0;
    s->supported = 0;
    for (int64_t c = 0; c < t->dimension; c++) {
        const int64_t name = one->column[c];
        if (!(fabs(line[c]) > SMALL)) continue;
        if (name >= t->dimension) {
            s->support[s->supported++] = (int32_t)(t->domain_rows + name - t->dimension);
            s->support_row[rows] = row_of(s, name - t->dimension);
            s->support_sign[rows] = sign_of(s, name - t->dimension);
            s->middle[rows++] = fabs(line[c]);
        } else if (t->box && one->state[c] != BETWEEN) {
            s->support[s->supported++] = t->side[(one->state[c] == UPPER ? t->dimension : 0) + name];
        }
    }
    return rows;
}

/* A bound on the rank of the support's rows: see certificates.rank_bounds. */
static int64_t rank_bound(const Search *s) {
    const Task *t = s->task;
    int64_t best = t->dimension;
    for (int64_t l = 0; l < t->layers; l++) {
        int all = t->rank[s->cell * t->layers + l] < best;
        for (int64_t i = 0; all && i < s->supported; i++) {
            const int64_t r = s->support[i] - t->domain_rows;
            all = r >= t->rows || t->layer[r] > l || (t->layer[r] == l && t->active[s->cell * t->rows + r]);
        }
        if (all) best = t->rank[s->cell * t->layers + l];
    }
    return best;
}

/* What the dictionary, at the row's least value, proves of it. */
static enum proved prove_one_side(Search *s, int64_t neuron, double sign) {
    const Task *t = s->task;
    Support support = {collect_support(s), t->dimension, s->support_row, s->support_sign, row_of(s, t->rows + neuron), sign};
    if (t->box) return exceeds_on_box(&support, s->middle, t->box, t->box + t->dimension, s->work) ? POSITIVE : NOTHING;
    const int64_t k = support.count;
    if (k == 0 || k < rank_bound(s)) return NOTHING;
    if (k < t->dimension)
        independent_columns(&support, s->work, s->support_column);
    else
        for (int64_t j = 0; j < k; j++) s->support_column[j] = j;
    if (!enclose_multipliers(&support, s->support_column, s->work, s->middle, s->radius)) return NOTHING;
    return what_is_proved(&support, s->middle, s->radius, s->point, value_bound(s->point, t->dimension));
}

/* Lead the dictionary, whose last row is the neuron's, to the zero set and exchange the row there. */
static void go_to_zero(Search *s, const Edge *edge) {
    move_along(&s->now, edge->column, edge->direction * edge->zero);
    exchange(&s->now, s->now.rows - 1, edge->column, 0.0, LOWER);
}

/* Decide a neuron with the dictionary that there is; `sign`, `size` are those of the value at the point. */
static enum decided look(Search *s, int64_t neuron, double sign, double size) {
    Edge edge;
    const int64_t row = s->now.rows - 1;
    if (sign * s->now.values[row] < -TOUCH) {
        if (!prove_witness(s, &s->now, NULL, neuron, -sign, size)) return LEFT;
        if (climb(&s->now, &s->limits, row, sign, 1, INFINITY, &edge) == CROSSED)
            go_to_zero(s, &edge);
        else
            s->warm = 0;
        return TWO;
    }
    switch (climb(&s->now, &s->limits, row, -sign, 1, INFINITY, &edge)) {
    case CROSSED:
        if (!prove_witness(s, &s->now, &edge, neuron, -sign, size)) return LEFT;
        go_to_zero(s, &edge);
        return TWO;
    case AT_END: {
        const enum proved found = prove_one_side(s, neuron, sign);
        return found == POSITIVE || (found == NONNEGATIVE && !s->task->faces) ? ONE : LEFT;
    }
    default:
        return LEFT;
    }
}

/* Decide a neuron on the cell, and set its sign at the point. */
static enum decided decide(Search *s, int64_t neuron) {
    const Task *t = s->task;
    const double *row = row_of(s, t->rows + neuron);
    s->supported = s->proposed = 0;
    s->sign[neuron] = 0;
    if (s->flat[t->rows + neuron]) {
        s->sign[neuron] = (int8_t)((row[t->dimension] > 0.0) - (row[t->dimension] < 0.0));
        return s->sign[neuron] ? ONE : VANISHES;
    }
    const double value = value_at(row, s->point, t->dimension);
    if (!(fabs(value) > value_bound(s->point, t->dimension)) || !(fabs(value) < INFINITY)) return LEFT;
    s->sign[neuron] = value > 0.0 ? 1 : -1;
    for (int anew = !s->warm; anew < 2; anew++) {
        if (anew) make_dictionary(s, neuron);
        s->supported = s->proposed = 0;
        set_limits(s, neuron, 0);
        add_row(&s->now, row, (int32_t)(t->dimension + t->rows + neuron));
        const enum decided found = look(s, neuron, s->sign[neuron], fabs(value));
        if (found != LEFT) return found;
        anew += s->supported && fabs(s->now.values[s->now.rows - 1]) <= TOUCH; /* a true touching, it seems */
    }
    return LEFT;
}

#endif
