/*
 * A simplex dictionary with bounded variables, in floating point: it proposes, it decides nothing.
 *
 * Variables have names: coordinate j of the space is j, row r is dimension + r. Every basic variable is its value
 * plus a combination of how far the non-basic ones (the columns) are moved. A column is at its lower limit, at
 * its upper one, or between the two, where it is as long as nothing has moved it to an end; coordinates
 * without limits always are. Columns between their limits enter first. Limits are no rows: a column that runs
 * into its own other limit just goes there.
 */
#ifndef EXACTRELU_SIMPLEX_H
#define EXACTRELU_SIMPLEX_H

#include <math.h>
#include <string.h>

#include "kernels.h"

#define SMALL 1e-9   /* slopes that are taken for zero */
#define TOUCH 1e-12  /* values that are taken for zero */
#define TIE 1e-13    /* lengths that are taken for equal: the steeper row leaves */
#define FIRST 1e6    /* added to the gain of a column between its limits */

enum state { LOWER, UPPER, BETWEEN };
enum climbed { AT_END, CROSSED, ENDLESS, TOO_LONG };

typedef struct {
    int64_t dimension, width; /* width: the dimension, rounded up; what is beyond is zero */
    int64_t rows;
    double *entries;      /* rows x width */
    double *values;       /* of the rows */
    double *column_value; /* of the columns */
    int32_t *basic;       /* the names of the rows */
    int32_t *column;      /* the names of the columns */
    int32_t *state;       /* of the columns */
    int32_t *place;       /* of the coordinates: a row, or -1 - a column */
    int64_t effort;       /* how many numbers exchanges have changed */
} Dictionary;

typedef struct {
    double *lower, *upper; /* by name */
} Limits;

/* A way along a column: its direction, how far the limits let it go, and where the watched row is zero. */
typedef struct {
    int64_t column;
    double direction, length, zero;
} Edge;

/* How many doubles, and names, a dictionary of so many rows takes. */
static size_t dictionary_doubles(int64_t rows, int64_t width) { return (size_t)(rows * width + rows + width); }

static size_t dictionary_names(int64_t rows, int64_t width) { return (size_t)(rows + 3 * width); }

static void lay_out(Dictionary *one, int64_t dimension, int64_t rows, int64_t width, double *doubles, int32_t *names) {
    one->dimension = dimension;
    one->width = width;
    one->rows = one->effort = 0;
    one->values = doubles;
    one->column_value = doubles + rows;
    one->entries = doubles + rows + width;
    one->basic = names;
    one->column = names + rows;
    one->state = names + rows + width;
    one->place = names + rows + 2 * width;
}

static void copy_dictionary(Dictionary *to, const Dictionary *from) {
    const size_t d = (size_t)from->dimension, rows = (size_t)from->rows;
    to->rows = from->rows;
    memcpy(to->entries, from->entries, rows * (size_t)from->width * sizeof(double));
    memcpy(to->values, from->values, rows * sizeof(double));
    memcpy(to->column_value, from->column_value, d * sizeof(double));
    memcpy(to->basic, from->basic, rows * sizeof(int32_t));
    memcpy(to->column, from->column, d * sizeof(int32_t));
    memcpy(to->state, from->state, d * sizeof(int32_t));
    memcpy(to->place, from->place, d * sizeof(int32_t));
}

/* The dictionary without rows at a point: all coordinates are columns. */
static void begin_at(Dictionary *one, const double *point) {
    one->rows = 0;
    for (int64_t j = 0; j < one->dimension; j++) {
        one->column[j] = (int32_t)j;
        one->place[j] = (int32_t)(-1 - j);
        one->state[j] = BETWEEN;
        one->column_value[j] = point[j];
    }
}

static double coordinate(const Dictionary *one, int64_t j) {
    const int32_t place = one->place[j];
    return place < 0 ? one->column_value[-1 - place] : one->values[place];
}

/* Add a row, given by its coefficients in the coordinates and its constant, and return its number. */
static int64_t add_row(Dictionary *one, const double *row, int32_t name) {
    const int64_t d = one->dimension, width = one->width, r = one->rows++;
    double *restrict line = one->entries + r * width;
    double value = row[d];
    for (int64_t k = 0; k < width; k++) line[k] = 0.0;
    for (int64_t j = 0; j < d; j++) {
        const double factor = row[j];
        const int32_t place = one->place[j];
        if (factor == 0.0) continue;
        if (place < 0) {
            line[-1 - place] += factor;
            value += factor * one->column_value[-1 - place];
        } else {
            const double *restrict other = one->entries + place * width;
            for (int64_t k = 0; k < width; k++) line[k] += factor * other[k];
            value += factor * one->values[place];
        }
    }
    one->values[r] = value;
    one->basic[r] = name;
    return r;
}

static void move_along(Dictionary *one, int64_t column, double step) {
    const double *entry = one->entries + column;
    for (int64_t r = 0; r < one->rows; r++) one->values[r] += entry[r * one->width] * step;
    one->column_value[column] += step;
}

/* Exchange a row and a column; the row's variable becomes a column with the given value and state. */
static void exchange(Dictionary *one, int64_t row, int64_t column, double value, int32_t state) {
    const int64_t width = one->width;
    double *restrict line = one->entries + row * width;
    const double pivot = 1.0 / line[column];
    one->effort += one->rows * width;
    for (int64_t k = 0; k < width; k++) line[k] *= -pivot;
    line[column] = pivot;
    for (int64_t r = 0; r < one->rows; r++) {
        double *restrict other = one->entries + r * width;
        const double factor = other[column];
        if (r == row || factor == 0.0) continue;
        other[column] = 0.0;
        for (int64_t k = 0; k < width; k++) other[k] += factor * line[k];
    }
    const int32_t leaves = one->basic[row], enters = one->column[column];
    one->values[row] = one->column_value[column];
    one->column_value[column] = value;
    one->basic[row] = enters;
    one->column[column] = leaves;
    one->state[column] = state;
    if (enters < one->dimension) one->place[enters] = (int32_t)row;
    if (leaves < one->dimension) one->place[leaves] = (int32_t)(-1 - column);
}

/* The column along which `sign` times a row grows most, columns between their limits first; -1 if none does. */
static int64_t best_column(const Dictionary *one, const double *line, double sign, double *direction) {
    double best = SMALL;
    int64_t chosen = -1;
    for (int64_t c = 0; c < one->dimension; c++) {
        const double gain = sign * line[c];
        const int32_t state = one->state[c];
        const double worth = state == LOWER ? gain : state == UPPER ? -gain : fabs(gain) > SMALL ? fabs(gain) + FIRST : 0.0;
        if (worth > best) {
            best = worth;
            chosen = c;
            *direction = gain > 0.0 ? 1.0 : -1.0;
        }
    }
    return chosen;
}

/* How far a column can go, and the row that stops it, -1 if it is the column's own limit or nothing. */
static int64_t blocking_row(const Dictionary *one, const Limits *limits, int64_t column, double direction, double *length) {
    const int32_t name = one->column[column];
    double best = one->state[column] != BETWEEN ? limits->upper[name] - limits->lower[name]
                  : direction > 0.0             ? limits->upper[name] - one->column_value[column]
                                                : one->column_value[column] - limits->lower[name];
    double steepest = 0.0;
    int64_t chosen = -1;
    const double *const limit[2] = {limits->lower, limits->upper};
    const double *entry = one->entries + column;
    for (int64_t r = 0; r < one->rows; r++, entry += one->width) {
        const double slope = *entry * direction, size = fabs(slope);
        if (!(size > SMALL)) continue;
        double far = (limit[slope > 0.0][one->basic[r]] - one->values[r]) / slope;
        if (!(far > 0.0)) far = 0.0;
        if (far < best - TIE || (far <= best + TIE && size > steepest && far < INFINITY)) {
            best = far < best ? far : best;
            steepest = size;
            chosen = r;
        }
    }
    *length = best;
    return chosen;
}

/*
 * Move so that `sign` times a row, which has no limits, grows, until it is larger than `enough`, or at a maximum.
 * With `stop` the climb ends before the edge on which it becomes positive: CROSSED, and the edge. ENDLESS: there
 * is an edge on which it grows for ever.
 */
static enum climbed climb(Dictionary *one, const Limits *limits, int64_t row, double sign, int stop, double enough, Edge *edge) {
    const int64_t most = 30 + 6 * (one->rows + one->dimension);
    for (int64_t count = 0; count < most; count++) {
        const double *line = one->entries + row * one->width;
        double direction = 0.0, length;
        if (sign * one->values[row] > enough) return AT_END;
        const int64_t c = best_column(one, line, sign, &direction);
        if (c < 0) return AT_END;
        const int64_t r = blocking_row(one, limits, c, direction, &length);
        const double slope = sign * line[c] * direction, value = sign * one->values[row];
        edge->column = c;
        edge->direction = direction;
        edge->length = length;
        edge->zero = value < 0.0 ? -value / slope : 0.0;
        if (stop && value + slope * length > TOUCH) return CROSSED;
        if (!(length < INFINITY)) return ENDLESS;
        move_along(one, c, direction * length);
        if (r < 0) {
            const int32_t name = one->column[c];
            one->state[c] = direction > 0.0 ? UPPER : LOWER;
            one->column_value[c] = direction > 0.0 ? limits->upper[name] : limits->lower[name];
        } else {
            const int32_t own = one->basic[r];
            const int rises = one->entries[r * one->width + c] * direction > 0.0;
            exchange(one, r, c, rises ? limits->upper[own] : limits->lower[own], rises ? UPPER : LOWER);
        }
    }
    return TOO_LONG;
}

#endif
