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

#include "cell_decision.h"
#include "memory.h"

#define MOST_DOUBLES 8000000 /* in the dictionaries of cells that wait; else they are made anew */

/* What is made of a cell that is put out. */
enum status { COMPLETE, PENDING, OPEN };

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
        t->sign_out[n * wide + i - t->first] = i < neuron || (i == neuron && status == OPEN) ? s->sign[i] : 1;
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

static void lay_out_dictionaries(Search *s, Memory *memory, int64_t rows) {
    const int64_t width = (s->task->dimension + 3) / 4 * 4, last = s->task->last;
    const size_t doubles = dictionary_doubles(rows, width), names = dictionary_names(rows, width);
    s->keeps = (double)doubles * (double)last < MOST_DOUBLES;
    for (int64_t i = 0; i < 2 + (s->keeps ? last : 0); i++) {
        Dictionary *one = i == 0 ? &s->now : i == 1 ? &s->trial : &s->saved[i - 2];
        double *of_doubles = piece(memory, doubles, sizeof(double));
        int32_t *of_names = piece(memory, names, sizeof(int32_t));
        if (memory->start) lay_out(one, s->task->dimension, rows, width, of_doubles, of_names);
    }
}

static void lay_out_search(Search *s, Memory *memory) {
    const size_t d = (size_t)s->task->dimension, last = (size_t)s->task->last, rows = (size_t)s->task->rows + last + 1;
    s->saved = piece(memory, last, sizeof(Dictionary));
    s->limits.lower = piece(memory, d + rows, sizeof(double));
    s->limits.upper = piece(memory, d + rows, sizeof(double));
    s->point = piece(memory, d, sizeof(double));
    s->end = piece(memory, d, sizeof(double));
    s->witness = piece(memory, d, sizeof(double));
    s->middle = piece(memory, d, sizeof(double));
    s->radius = piece(memory, d, sizeof(double));
    s->support_sign = piece(memory, d, sizeof(double));
    s->support_row = piece(memory, d, sizeof(double *));
    s->support_column = piece(memory, d, sizeof(int64_t));
    s->support = piece(memory, d, sizeof(int32_t));
    s->work = piece(memory, 3 * d * d + d + 2, sizeof(double));
    s->saved_point = piece(memory, last * d, sizeof(double));
    s->sign = piece(memory, last, 1);
    s->bit = piece(memory, last, 1);
    s->waits = piece(memory, last, 1);
    s->flat = piece(memory, rows, 1);
    lay_out_dictionaries(s, memory, (int64_t)rows);
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
    Memory memory = {NULL, 0};
    lay_out_search(&search, &memory);
    memory.start = malloc(memory.used + 1);
    if (!memory.start) return -1;
    memory.used = 0;
    lay_out_search(&search, &memory);
    set_first_limits(&search);
    int64_t cell = 0;
    for (int more = 1; more && cell < task->cells; cell++) {
        begin_cell(&search, cell);
        more = search_cell(&search);
    }
    *task->undecided_out = cell;
    free(memory.start);
    return search.count;
}
