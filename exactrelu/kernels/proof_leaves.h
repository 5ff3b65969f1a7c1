/* The leaves of a case tree: what refutes a branch, and a point inside a cell; see proof_tree.c. */
#ifndef EXACTRELU_PROOF_LEAVES_H
#define EXACTRELU_PROOF_LEAVES_H

#include "proof_tree.h"

/* A cell: its rows, the length of its path, a dictionary of its closure (none: what was proposed is exhausted). */
typedef struct {
    int64_t slots, length;
    Dictionary *dictionary;
} Cell;

static int64_t objective(const Tree *t) { return t->task->inputs + t->most_slots; }

/* Add the row of a slot to a dictionary, and go where it is not negative; whether that seems possible. */
static int add_slot(const Tree *t, Dictionary *one, int64_t slot) {
    Edge edge;
    const int64_t name = t->task->inputs + slot;
    const int64_t r = add_row(one, t->row + slot * (t->task->inputs + 1), (int32_t)name);
    if (one->values[r] >= 0.0) return 1;
    t->limits.lower[name] = -INFINITY;
    const enum climbed found = climb(one, &t->limits, r, 1.0, 1, 0.0, &edge);
    t->limits.lower[name] = 0.0;
    if (found != CROSSED) return found == AT_END && one->values[r] >= -SMALL;
    move_along(one, edge.column, edge.direction * edge.zero);
    exchange(one, r, edge.column, 0.0, LOWER);
    return 1;
}

/* Put the coordinates, all of which are columns, between their limits, not on one where that can be. */
static int go_within_limits(const Tree *t, Dictionary *one) {
    for (int64_t j = 0; j < one->dimension; j++) {
        const double lower = t->limits.lower[j], upper = t->limits.upper[j];
        if (!(lower <= upper)) return 0;
        one->column_value[j] = lower > -INFINITY && upper < INFINITY ? 0.5 * lower + 0.5 * upper : fmin(fmax(0.0, lower + 1.0), upper - 1.0);
    }
    return 1;
}

/* Make the dictionary of a cell anew, row by row; whether that seems to have worked. */
static int make_anew(Tree *t, Cell *cell) {
    memset(t->point, 0, (size_t)t->task->inputs * sizeof(double));
    begin_at(cell->dictionary, t->point);
    if (!go_within_limits(t, cell->dictionary)) return 0;
    for (int64_t s = 0; s < cell->slots; s++)
        if (t->slot[s].side < 0 && !add_slot(t, cell->dictionary, s)) return 0;
    return 1;
}

/* Fill in a column of the matrix: a row of the system, turned by its sign. */
static void put_column(const Tree *t, int limbs, int64_t column, const limb *row, int sign) {
    const int own = (int)t->task->limbs;
    for (int64_t j = 0; j <= t->task->inputs; j++) {
        limb *entry = t->matrix.entry + (j * t->matrix.columns + column) * limbs;
        set_wide(limbs, entry, own, row + j * own);
        if (sign < 0) negate(limbs, entry);
    }
}

/* What is to be refuted: that a neuron's row, turned, is positive, or not negative. */
typedef struct {
    int64_t layer, neuron;
    int sign, strict;
} Refuted;

/*
 * A side of a box whose coordinate has the factor 1 or -1 takes no column: its multiplier is what is left of that
 * coordinate when the other rows are done. So there is a column for each of the first slots that `sort_sides` leaves.
 */
static int64_t sort_sides(Tree *t, int64_t count) {
    int64_t columns = 0;
    int32_t *order = t->order;
    memset(t->matrix.left_out, 0, (size_t)t->task->inputs);
    for (int64_t c = 0; c < count; c++) {
        const Slot *slot = &t->slot[t->support[c]];
        order[c] = slot->side < 0 ? (int32_t)columns++ : -1;
        if (slot->side >= 0) t->matrix.left_out[slot->side] = 1;
    }
    return columns;
}

/* Solve for the multipliers of the slots in `support`; 0 if there are none. */
static int solve_for(Tree *t, const Refuted *refuted, int64_t count, int *limbs, const limb **pivot) {
    Matrix *m = &t->matrix;
    const limb *target = exact_row(t, refuted->layer, refuted->neuron);
    double bits = row_logarithm(t, refuted->layer, refuted->neuron), side = 0.0;
    m->columns = sort_sides(t, count) + 1;
    for (int64_t c = 0; c < count; c++) {
        const Slot *slot = &t->slot[t->support[c]];
        exact_row(t, slot->layer, slot->neuron);
        const double size = row_logarithm(t, slot->layer, slot->neuron);
        if (t->order[c] >= 0)
            bits += size;
        else if (size + t->net.half_logarithm > side)
            side = size + t->net.half_logarithm;
    }
    bits += side + t->net.half_logarithm; /* d sides add as many multipliers, each times its constant, to the constant */
    for (*limbs = (int)((bits + 6.0) / 64.0) + 1; *limbs <= MOST_LIMBS; ++*limbs) {
        for (int64_t c = 0; c < count; c++) {
            const Slot *slot = &t->slot[t->support[c]];
            if (t->order[c] >= 0) put_column(t, *limbs, t->order[c], exact_row(t, slot->layer, slot->neuron), slot->sign);
        }
        put_column(t, *limbs, m->columns - 1, target, refuted->sign);
        const enum solved found = eliminate_any(*limbs, m, bits, pivot);
        if (found != TOO_NARROW) return found == SOLVED;
    }
    return 0;
}

/* The last entry of a row of the matrix. */
static limb *last_entry(const Matrix *m, int limbs, int64_t row) { return m->entry + (row * m->columns + m->columns - 1) * limbs; }

/* Add a side's share to the constant: its multiplier times its own constant. */
static void add_side(const Tree *t, int limbs, limb *constant, const Slot *slot, const limb *value) {
    const int own = (int)t->task->limbs;
    limb factor[MOST_LIMBS];
    set_wide(limbs, factor, own, exact_row(t, -1, slot->neuron) + t->task->inputs * own);
    add_product(limbs, constant, factor, value);
}

/*
 * Turn the solution into multipliers, the refuted row's last, in `t->values`; 0 if their signs are wrong or what is left
 * of the constant is no contradiction. A multiplier of a slot that takes no part is zero.
 */
static int multipliers_of(Tree *t, const Refuted *refuted, int64_t count, int limbs, const limb *pivot) {
    limb *constant = last_entry(&t->matrix, limbs, t->task->inputs), *own = t->values + count * limbs;
    const int turned = pivot && is_negative(limbs, pivot);
    int strict = refuted->strict;
    memset(own, 0, (size_t)limbs * sizeof(limb));
    own[0] = 1;
    if (pivot) memcpy(own, pivot, (size_t)limbs * sizeof(limb));
    if (turned) {
        negate(limbs, own);
        negate(limbs, constant);
    }
    for (int64_t c = 0; c < count; c++) {
        const Slot *slot = &t->slot[t->support[c]];
        limb *value = t->values + c * limbs;
        const int64_t row = t->order[c] < 0 ? slot->side : t->matrix.pivot_row[t->order[c]];
        memcpy(value, last_entry(&t->matrix, limbs, row), (size_t)limbs * sizeof(limb));
        if (turned == (t->order[c] < 0 && slot->sign_of_side < 0)) negate(limbs, value);
        if (is_negative(limbs, value)) return 0;
        if (t->order[c] < 0) add_side(t, limbs, constant, slot, value);
        strict |= slot->strict && !is_zero(limbs, value);
    }
    return is_negative(limbs, constant) || (strict && is_zero(limbs, constant));
}

/* Divide multipliers by what they have in common, as far as that is quick: powers of two, and small primes. */
static void reduce(limb *value, int64_t count, int limbs) {
    limb all[MOST_LIMBS] = {0};
    for (int64_t i = 0; i < count; i++)
        for (int k = 0; k < limbs; k++) all[k] |= value[i * limbs + k];
    const int zeros = trailing_zeros(limbs, all);
    for (int64_t i = 0; i < count && zeros; i++) shift_right(limbs, value + i * limbs, zeros);
    if (length_of(limbs, all) > 1) return;
    for (limb prime = 3; prime <= 7;) {
        int64_t i = 0;
        while (i < count && value[i * limbs] % prime == 0) i++;
        if (i < count)
            prime += 2;
        else
            for (i = 0; i < count; i++) value[i * limbs] /= prime;
    }
}

static char *put_pair(char *end, int64_t position, const limb *value, int limbs) {
    end = put_text(end, "[");
    end = put_small(end, (limb)position);
    end = put_text(end, ",\"");
    end = put_wide(end, limbs, value);
    return put_text(end, "\"]");
}

static void put_excluded(Tree *t, int64_t count, int limbs, int64_t length) {
    if (!has_room(t, (size_t)(count + 1) * (size_t)(DIGITS_OF_WORD * limbs + 32) + 32)) return;
    char *end = put_text(t->out->text + t->out->length, t->task->full ? "{\"thin\":[" : "{\"impossible\":[");
    reduce(t->values, count + 1, limbs);
    for (int64_t c = 0; c < count; c++) {
        const limb *value = t->values + c * limbs;
        if (is_zero(limbs, value)) continue;
        end = put_pair(end, t->slot[t->support[c]].position, value, limbs);
        *end++ = ',';
    }
    end = put_pair(end, length, t->values + count * limbs, limbs);
    end = put_text(end, "]\n");
    t->out->length = end - t->out->text;
    t->out->lines++;
}

/* The slot of a column at a limit; -1 if it is between its limits. */
static int32_t slot_of(const Tree *t, const Dictionary *one, int64_t column) {
    const int64_t d = t->task->inputs, name = one->column[column];
    if (name >= d) return (int32_t)(name - d);
    return one->state[column] == BETWEEN ? -1 : t->side[(one->state[column] == UPPER ? d : 0) + name];
}

/* The slots whose columns the last row of a dictionary depends on, or all columns, in order. */
static int64_t collect(const Tree *t, const Dictionary *one, double sizes) {
    const double *line = one->entries + (one->rows - 1) * one->width;
    int64_t count = 0;
    for (int64_t c = 0; c < one->dimension; c++) {
        const int32_t slot = fabs(line[c]) > sizes ? slot_of(t, one, c) : -1;
        if (slot < 0) continue;
        int64_t place = count++;
        for (; place > 0 && t->support[place - 1] > slot; place--) t->support[place] = t->support[place - 1];
        t->support[place] = slot;
    }
    return count;
}

/* Prove, with what the dictionary proposes at the row's largest value, and write; 0 if that proves nothing. */
static int prove_with(Tree *t, const Refuted *refuted, const Cell *cell, double sizes, int64_t length) {
    int limbs;
    const limb *pivot;
    const int64_t count = collect(t, cell->dictionary, sizes);
    if (!solve_for(t, refuted, count, &limbs, &pivot)) return 0;
    if (!multipliers_of(t, refuted, count, limbs, pivot)) return 0;
    put_excluded(t, count, limbs, length);
    return 1;
}

/* Lead the dictionary to the row's largest value on the cell, and prove that it is no positive one. */
static int prove(Tree *t, const Refuted *refuted, Cell *cell, int64_t length) {
    Edge edge;
    Dictionary *one = cell->dictionary;
    const double *row = float_row(t, refuted->layer, refuted->neuron);
    const int64_t r = add_row(one, row, (int32_t)objective(t));
    const enum climbed found = climb(one, &t->limits, r, refuted->sign, 0, INFINITY, &edge);
    const int proved = found == AT_END && (prove_with(t, refuted, cell, SMALL, length) || prove_with(t, refuted, cell, -1.0, length));
    one->rows--;
    return proved;
}

/* Write the leaf that says that a neuron's bit on the cell is not the other one. */
static void exclude(Tree *t, Cell *cell, int64_t layer, int64_t neuron, int bit, int64_t length, int64_t member) {
    const Refuted refuted = {layer, neuron, bit ? -1 : 1, side_is_strict(t->task, !bit)};
    t->out->excluded++;
    if (cell->dictionary) {
        if (prove(t, &refuted, cell, length)) return;
        if (make_anew(t, cell) && prove(t, &refuted, cell, length)) return;
    }
    put_hole(t, member, layer, neuron, bit, length, cell->slots);
}

/* points -------------------------------------------------------------------------------------------------------- */

static void coordinates(const Dictionary *one, double *point) {
    for (int64_t j = 0; j < one->dimension; j++) point[j] = coordinate(one, j);
}

/* How far a column moves a coordinate. */
static double moved(const Dictionary *one, int64_t j, int64_t column) {
    const int32_t place = one->place[j];
    return place >= 0 ? one->entries[place * one->width + column] : -1 - place == column ? 1.0 : 0.0;
}

/* The mean of a vertex and the ends of its edges, long ones cut so that they add 1; 0 if one of them has no length. */
static int mean_of_edges(const Tree *t, const Dictionary *one, double *point) {
    const int64_t d = one->dimension;
    const double most = (double)(d + 1);
    coordinates(one, point);
    for (int64_t c = 0; c < d; c++) {
        double length, largest = 0.0;
        const double direction = one->state[c] == UPPER ? -1.0 : 1.0;
        if (one->state[c] == BETWEEN) continue;
        blocking_row(one, &t->limits, c, direction, &length);
        if (!(length > 0.0)) return 0;
        for (int64_t j = 0; j < d; j++) largest = fmax(largest, fabs(moved(one, j, c)));
        const double share = length * largest < most ? length / most : 1.0 / largest;
        for (int64_t j = 0; j < d; j++) point[j] += direction * share * moved(one, j, c);
    }
    return 1;
}

/* The mean of points of the cell in each of which some row is positive, until all are; 0 if that fails. */
static int mean_of_climbs(Tree *t, const Cell *cell, double *point) {
    const int64_t d = t->task->inputs;
    Dictionary *one = &t->around;
    Edge edge;
    double *sum = t->other;
    int64_t count = 0;
    copy_dictionary(one, cell->dictionary);
    coordinates(one, point);
    memset(sum, 0, (size_t)d * sizeof(double));
    for (int64_t s = 0; s < cell->slots; s++) {
        const double *row = t->row + s * (d + 1);
        if (value_at(row, point, d) > 1e-7) {
            if (!count) memcpy(sum, point, (size_t)d * sizeof(double));
            count += !count; /* the first point takes part where a row needs it */
            continue;
        }
        const int64_t r = add_row(one, row, (int32_t)objective(t));
        const enum climbed found = climb(one, &t->limits, r, 1.0, 0, 1e-3, &edge);
        one->rows--;
        if (found == TOO_LONG) return 0;
        count++;
        for (int64_t j = 0; j < d; j++) {
            sum[j] += coordinate(one, j) + (found == ENDLESS ? edge.direction * moved(one, j, edge.column) : 0.0);
            point[j] = sum[j] / (double)count;
        }
    }
    return 1;
}

/* Round a point to so many bits after the point, at most 60; whether it is in the inside of the cell for sure. */
static int is_inside(const Tree *t, const Cell *cell, const double *from, double *point, int bits) {
    const int64_t d = t->task->inputs;
    const double up = (double)((limb)1 << bits), down = 1.0 / up;
    for (int64_t j = 0; j < d; j++) {
        const double whole = rint(from[j] * up);
        if (!(fabs(whole) < 0x1p52)) return 0;
        point[j] = whole * down;
    }
    const double bound = value_bound(point, d);
    for (int64_t s = 0; s < cell->slots; s++)
        if (!(value_at(t->row + s * (d + 1), point, d) > bound)) return 0;
    return 1;
}

/* The number of bits that seem to keep a point inside, -1 if there is no such number. */
static int bits_needed(const Tree *t, const Cell *cell, const double *point) {
    const int64_t d = t->task->inputs;
    double least = 1.0;
    int bits;
    for (int64_t s = 0; s < cell->slots; s++) least = fmin(least, value_at(t->row + s * (d + 1), point, d));
    if (!(least > 0x1p-50)) return -1;
    frexp((double)d / least, &bits);
    return bits > 1 ? bits - 1 : 0;
}

static char *put_dyadic(char *end, double value, int bits) {
    int64_t numerator = (int64_t)(value * (double)((limb)1 << bits));
    if (numerator < 0) *end++ = '-';
    limb size = (limb)(numerator < 0 ? -numerator : numerator);
    const int zeros = size ? __builtin_ctzll(size) : bits;
    const int common = zeros < bits ? zeros : bits;
    end = put_small(end, size >> common);
    if (common == bits) return end;
    *end++ = '/';
    return put_small(end, (limb)1 << (bits - common));
}

/* Write a point that is inside for sure; 0 if there is none near. */
static int put_point(Tree *t, const Cell *cell, const double *from) {
    const int needed = bits_needed(t, cell, from);
    int bits = needed - 4 > 0 ? needed - 4 : 0;
    if (needed < 0) return 0;
    while (!is_inside(t, cell, from, t->other, bits))
        if ((bits += 2) > needed + 2 || bits > 60) return 0;
    if (!has_room(t, 64 * (size_t)(t->task->inputs + 1))) return 1;
    char *end = put_text(t->out->text + t->out->length, "{\"reached\":[");
    for (int64_t j = 0; j < t->task->inputs; j++) {
        end = put_text(end, j ? ",\"" : "\"");
        end = put_dyadic(end, t->other[j], bits);
        *end++ = '"';
    }
    end = put_text(end, "]\n");
    t->out->length = end - t->out->text;
    t->out->lines++;
    return 1;
}

/* Write the leaf of a configuration. */
static void reach(Tree *t, Cell *cell, int64_t member) {
    t->out->reached++;
    if (cell->dictionary && mean_of_edges(t, cell->dictionary, t->point) && put_point(t, cell, t->point)) return;
    if (cell->dictionary && mean_of_climbs(t, cell, t->point) && put_point(t, cell, t->point)) return;
    put_hole(t, member, -1, 0, 0, cell->length, cell->slots);
}

#endif
