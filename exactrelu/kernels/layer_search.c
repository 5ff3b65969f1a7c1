/*
 * Cells of a layer, depth-first: each neuron is decided on a cell, and the cell's children follow at once.
 *
 * A cell has a point strictly inside, which is proved, and a simplex dictionary of its closure, which is a
 * proposal. Where a neuron's pre-activation has a sign at the point, the dictionary is led to the other side of
 * zero. If it gets there, a point half-way is proved to lie inside, and the dictionary's vertex on the zero set
 * serves both children; else the columns at their limits prove that there is no other side. So most neurons
 * need a pivot or two. What doubles do not prove is left open, with what was proposed.
 */
#include <stdlib.h>

#include "float_proofs.h"
#include "kernels.h"
#include "simplex.h"

#define ENOUGH 0.5           /* a climb beyond zero goes on until it is this fraction as far as the point before it */
#define MOST_DOUBLES 8000000 /* in the dictionaries of cells that wait; else they are made anew */

/* What is made of a cell that is put out. */
enum status { COMPLETE, PENDING, OPEN };
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

/* Whether a point is proved to lie inside, where the neuron has the given sign. */
static int is_inside(const Search *s, const double *point, int64_t neuron, double sign) {
    const Task *t = s->task;
    const int64_t d = t->dimension, before = t->rows + neuron;
    const double bound = value_bound(point, d);
    if (!(sign * value_at(row_of(s, before), point, d) > bound)) return 0;
    for (int64_t j = 0; t->box && j < d; j++)
        if (!(point[j] > t->box[2 * d + j] && point[j] < t->box[3 * d + j])) return 0;
    for (int64_t r = 0; r < before; r++)
        if (!s->flat[r] && !(sign_of(s, r) * value_at(row_of(s, r), point, d) > bound)) return 0;
    return 1;
}

/*
 * Propose a point on the segment from the cell's point to `end`, half-way between zero and the end, where the
 * neuron is `before` > 0 before zero and `behind` > 0 behind it, and prove it inside.
 */
static int prove_between(Search *s, int64_t neuron, double sign, double before, double behind) {
    const double part = 0.5 * (1.0 + before / (before + behind));
    for (int64_t j = 0; j < s->task->dimension; j++) s->witness[j] = s->point[j] + part * (s->end[j] - s->point[j]);
    s->proposed = 1;
    return is_inside(s, s->witness, neuron, sign);
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

/* Give the cell a sign at a neuron that is decided. */
static void take(Search *s, int64_t neuron, int8_t sign, int8_t bit) {
    const int64_t name = s->task->dimension + s->task->rows + neuron;
    s->sign[neuron] = sign;
    s->bit[neuron] = bit;
    set_limits(s, neuron, sign);
    for (int64_t c = 0; s->warm && c < s->task->dimension; c++)
        if (s->now.column[c] == name) s->now.state[c] = sign > 0 ? LOWER : UPPER;
}

static double *saved_point(const Search *s, int64_t neuron) { return s->saved_point + neuron * s->task->dimension; }

/* Put the second child aside. */
static void put_aside(Search *s, int64_t neuron, const double *point, int8_t waits) {
    s->waits[neuron] = waits;
    memcpy(saved_point(s, neuron), point, (size_t)s->task->dimension * sizeof(double));
    if (s->keeps) {
        copy_dictionary(&s->saved[neuron], &s->now);
        if (!s->warm) s->saved[neuron].rows = -1;
    }
}

/* Take up the last cell that was put aside; -1 if there is none, else the neuron after its own. */
static int64_t take_up(Search *s) {
    for (int64_t i = s->task->last - 1; i >= s->task->first; i--) {
        if (!s->waits[i]) continue;
        memcpy(s->point, saved_point(s, i), (size_t)s->task->dimension * sizeof(double));
        s->warm = s->keeps && s->saved[i].rows >= 0;
        if (s->warm) copy_dictionary(&s->now, &s->saved[i]);
        take(s, i, s->waits[i] > 1 ? 0 : 1, 1);
        s->waits[i] = 0;
        return i + 1;
    }
    return -1;
}

static void put_out(Search *s, enum status status, int64_t neuron) {
    const Task *t = s->task;
    const int64_t n = s->count++, d = t->dimension, wide = t->last - t->first;
    t->cell_out[n] = s->cell;
    t->status_out[n] = (int8_t)status;
    t->neuron_out[n] = (int32_t)neuron;
    for (int64_t i = t->first; i < t->last; i++) {
        t->bit_out[n * wide + i - t->first] = i < neuron ? s->bit[i] : 0;
        t->sign_out[n * wide + i - t->first] = i < neuron ? s->sign[i] : 1;
    }
    for (int64_t j = 0; j < d; j++) {
        t->point_out[n * (d + 1) + j] = s->point[j];
        t->proposal_out[n * (d + 1) + j] = status == OPEN && s->proposed ? s->witness[j] : NAN;
        t->support_out[n * d + j] = status == OPEN && j < s->supported ? s->support[j] : -1;
    }
    t->point_out[n * (d + 1) + d] = t->proposal_out[n * (d + 1) + d] = 1.0;
}

/* Decide the neuron, and go on with the first child, the second put aside; 0 if it stays open. */
static int step(Search *s, int64_t neuron) {
    switch (decide(s, neuron)) {
    case ONE:
        take(s, neuron, s->sign[neuron], s->sign[neuron] > 0);
        return 1;
    case TWO: {
        const int positive = s->sign[neuron] > 0;
        put_aside(s, neuron, positive ? s->point : s->witness, 1);
        if (positive) memcpy(s->point, s->witness, (size_t)s->task->dimension * sizeof(double));
        take(s, neuron, -1, 0);
        return 1;
    }
    case VANISHES:
        if (s->task->closed) put_aside(s, neuron, s->point, 2);
        take(s, neuron, 0, 0);
        return 1;
    default:
        return 0;
    }
}

/* Whether a call has to end: there is no room for another cell and all that wait, or it took long enough. */
static int has_to_end(const Search *s) {
    return s->count + (s->task->last - s->task->first) + 2 > s->task->capacity ||
           s->now.effort + s->trial.effort > s->task->effort;
}

/* Search one cell; 0 if the call has to end: what waits was put out as pending. */
static int search_cell(Search *s) {
    const Task *t = s->task;
    for (int64_t neuron = t->first; neuron >= 0;) {
        if (has_to_end(s)) {
            for (; neuron >= 0; neuron = take_up(s)) put_out(s, neuron < t->last ? PENDING : COMPLETE, neuron);
            return 0;
        }
        if (neuron == t->last)
            put_out(s, COMPLETE, neuron);
        else if (step(s, neuron)) {
            neuron++;
            continue;
        } else
            put_out(s, OPEN, neuron);
        neuron = take_up(s);
    }
    return 1;
}

/* A block of memory, or none: then only its size is counted. */
typedef struct {
    char *start;
    size_t used;
} Block;

static void *piece(Block *block, size_t count, size_t size) {
    char *start = block->start ? block->start + block->used : NULL;
    block->used += (count * size + 15) / 16 * 16;
    return start;
}

static void lay_out_dictionaries(Search *s, Block *block, int64_t rows) {
    const int64_t width = (s->task->dimension + 3) / 4 * 4, last = s->task->last;
    const size_t doubles = dictionary_doubles(rows, width), names = dictionary_names(rows, width);
    s->keeps = (double)doubles * (double)last < MOST_DOUBLES;
    for (int64_t i = 0; i < 2 + (s->keeps ? last : 0); i++) {
        Dictionary *one = i == 0 ? &s->now : i == 1 ? &s->trial : &s->saved[i - 2];
        double *of_doubles = piece(block, doubles, sizeof(double));
        int32_t *of_names = piece(block, names, sizeof(int32_t));
        if (block->start) lay_out(one, s->task->dimension, rows, width, of_doubles, of_names);
    }
}

static void lay_out_search(Search *s, Block *block) {
    const size_t d = (size_t)s->task->dimension, last = (size_t)s->task->last, rows = (size_t)s->task->rows + last + 1;
    s->saved = piece(block, last, sizeof(Dictionary));
    s->limits.lower = piece(block, d + rows, sizeof(double));
    s->limits.upper = piece(block, d + rows, sizeof(double));
    s->point = piece(block, d, sizeof(double));
    s->end = piece(block, d, sizeof(double));
    s->witness = piece(block, d, sizeof(double));
    s->middle = piece(block, d, sizeof(double));
    s->radius = piece(block, d, sizeof(double));
    s->support_sign = piece(block, d, sizeof(double));
    s->support_row = piece(block, d, sizeof(double *));
    s->support_column = piece(block, d, sizeof(int64_t));
    s->support = piece(block, d, sizeof(int32_t));
    s->work = piece(block, 3 * d * d + d + 2, sizeof(double));
    s->saved_point = piece(block, last * d, sizeof(double));
    s->sign = piece(block, last, 1);
    s->bit = piece(block, last, 1);
    s->waits = piece(block, last, 1);
    s->flat = piece(block, rows, 1);
    lay_out_dictionaries(s, block, (int64_t)rows);
}

static void set_first_limits(Search *s) {
    const Task *t = s->task;
    for (int64_t j = 0; j < t->dimension; j++) {
        s->limits.lower[j] = t->box ? t->box[j] : -INFINITY;
        s->limits.upper[j] = t->box ? t->box[t->dimension + j] : INFINITY;
    }
    for (int64_t r = 0; r < t->rows; r++) {
        s->limits.lower[t->dimension + r] = 0.0;
        s->limits.upper[t->dimension + r] = INFINITY;
    }
}

/*
 * Decide the neurons from `first` to before `last` on the cells, in their order, depth-first, bit 0 first; put
 * out what they become, as the fields of `Task` say, and return how many that is. Where there is no room for
 * more, cells that wait are put out as pending, and the rest of the cells is not begun. -1: no memory.
 */
EXACTRELU_API int64_t exactrelu_layer_search(const Task *task) {
    Search search = {.task = task};
    Block block = {NULL, 0};
    lay_out_search(&search, &block);
    block.start = malloc(block.used + 1);
    if (!block.start) return -1;
    block.used = 0;
    lay_out_search(&search, &block);
    set_first_limits(&search);
    int64_t cell = 0;
    for (int more = 1; more && cell < task->cells; cell++) {
        begin_cell(&search, cell);
        more = search_cell(&search);
    }
    *task->undecided_out = cell;
    free(block.start);
    return search.count;
}
