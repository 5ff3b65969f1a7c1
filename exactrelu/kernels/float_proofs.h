/*
 * What doubles prove about one cell and one row: the bounds of exactrelu/enumeration/lp_engine/float_bounds.py,
 * where they are derived. Whatever is NaN or infinite fails its comparison, and proves nothing.
 */
#ifndef EXACTRELU_FLOAT_PROOFS_H
#define EXACTRELU_FLOAT_PROOFS_H

#include <math.h>

#include "kernels.h"

#define UNIT 0x1p-53
#define FLOOR 1e-300
#define MORE (1.0 + 1e-9)
#define MOST_TERMS 1000000

static double value_at(const double *row, const double *point, int64_t dimension) {
    double sum = row[dimension];
    for (int64_t j = 0; j < dimension; j++) sum += row[j] * point[j];
    return sum;
}

/* A bound on the error of the value of any row at a point. */
static double value_bound(const double *point, int64_t dimension) {
    double size = 1.0;
    for (int64_t j = 0; j < dimension; j++) size += fabs(point[j]);
    return dimension + 1 > MOST_TERMS ? INFINITY : ((double)(dimension + 4) * UNIT * 1.01 + FLOOR) * size;
}

/* Rows of a support, with signs that make them positive on the cell, and the row in question likewise. */
typedef struct {
    int64_t count, dimension;
    const double **row;
    const double *sign;
    const double *target;
    double target_sign;
} Support;

/*
 * Whether the target exceeds the combination of the rows with the given multipliers, none negative, on a whole box
 * (`lower`, `upper`): then it is positive on the cell. `rest` has room for dimension + 1 numbers.
 */
static int exceeds_on_box(const Support *support, const double *multipliers, const double *lower, const double *upper, double *rest) {
    const int64_t d = support->dimension;
    double weight = 1.0;
    for (int64_t j = 0; j <= d; j++) rest[j] = support->target_sign * support->target[j];
    for (int64_t i = 0; i < support->count; i++) {
        const double factor = support->sign[i] * multipliers[i];
        if (!(multipliers[i] >= 0.0)) return 0;
        weight += multipliers[i];
        for (int64_t j = 0; j <= d; j++) rest[j] -= factor * support->row[i][j];
    }
    const double error = ((double)(support->count + 3) * UNIT * 1.01 + FLOOR) * weight * MORE;
    double least = rest[d], size = fabs(rest[d]), reach = 1.0;
    for (int64_t j = 0; j < d; j++) {
        const double far = fmax(fabs(lower[j]), fabs(upper[j]));
        least += rest[j] > 0.0 ? rest[j] * lower[j] : rest[j] * upper[j];
        size += fabs(rest[j]) * far;
        reach += far;
    }
    if (d + 1 > MOST_TERMS || support->count > MOST_TERMS) return 0;
    return least > (error * reach + ((double)(d + 4) * UNIT * 1.01 + FLOOR) * size) * MORE + FLOOR * reach;
}

/* Columns in which the k rows are, nearly surely, independent: elimination with the largest entry of each row. */
static void independent_columns(const Support *support, double *work, int64_t *columns) {
    const int64_t k = support->count, d = support->dimension;
    for (int64_t i = 0; i < k; i++)
        for (int64_t j = 0; j < d; j++) work[i * d + j] = support->row[i][j];
    for (int64_t i = 0; i < k; i++) {
        int64_t best = 0;
        for (int64_t j = 1; j < d; j++)
            if (fabs(work[i * d + j]) > fabs(work[i * d + best])) best = j;
        columns[i] = best;
        for (int64_t l = i + 1; l < k; l++) {
            const double factor = work[l * d + best] / work[i * d + best];
            for (int64_t j = 0; j < d; j++) work[l * d + j] -= factor * work[i * d + j];
            work[l * d + best] = 0.0;
        }
    }
}

/* The inverse of a k x k matrix, which is overwritten, by Gauss-Jordan; 0 if a pivot is zero or NaN. */
static int invert(double *restrict matrix, double *restrict inverse, int64_t k) {
    for (int64_t i = 0; i < k * k; i++) inverse[i] = 0.0;
    for (int64_t i = 0; i < k; i++) inverse[i * k + i] = 1.0;
    for (int64_t c = 0; c < k; c++) {
        int64_t p = c;
        for (int64_t r = c + 1; r < k; r++)
            if (fabs(matrix[r * k + c]) > fabs(matrix[p * k + c])) p = r;
        if (!(fabs(matrix[p * k + c]) > 0.0)) return 0;
        if (p != c)
            for (int64_t j = 0; j < k; j++) {
                const double a = matrix[p * k + j], b = inverse[p * k + j];
                matrix[p * k + j] = matrix[c * k + j];
                matrix[c * k + j] = a;
                inverse[p * k + j] = inverse[c * k + j];
                inverse[c * k + j] = b;
            }
        const double scale = 1.0 / matrix[c * k + c];
        for (int64_t j = 0; j < k; j++) matrix[c * k + j] *= scale;
        for (int64_t j = 0; j < k; j++) inverse[c * k + j] *= scale;
        for (int64_t r = 0; r < k; r++) {
            const double factor = matrix[r * k + c];
            if (r == c || factor == 0.0) continue;
            for (int64_t j = c; j < k; j++) matrix[r * k + j] -= factor * matrix[c * k + j];
            for (int64_t j = 0; j < k; j++) inverse[r * k + j] -= factor * inverse[c * k + j];
        }
    }
    return 1;
}

/*
 * Enclose the exact multipliers L* of B*^T L* = g*, B the support's rows at some columns, as `middle` +- `radius`.
 * `work` has room for 3 k^2 numbers and `work + 2 k^2` is overwritten last. Returns 0 if nothing is proved.
 */
static int enclose_multipliers(const Support *support, const int64_t *columns, double *work, double *middle, double *radius) {
    const int64_t k = support->count;
    double *basis = work, *scratch = work + k * k, *inverse = work + 2 * k * k; /* B, its copy, B^-1 = Q^T */
    for (int64_t i = 0; i < k; i++)
        for (int64_t j = 0; j < k; j++) basis[i * k + j] = scratch[i * k + j] = support->sign[i] * support->row[i][columns[j]];
    if (k > MOST_TERMS || !invert(scratch, inverse, k)) return 0;
    double length = 1.0, worst = 0.0, largest = 0.0;
    for (int64_t i = 0; i < k; i++) middle[i] = 0.0;
    for (int64_t j = 0; j < k; j++) {
        const double aim = support->target_sign * support->target[columns[j]];
        for (int64_t i = 0; i < k; i++) middle[i] += inverse[j * k + i] * aim;
    }
    for (int64_t i = 0; i < k; i++) length += fabs(middle[i]);
    const double of_residual = ((double)(k + 5) * UNIT * 1.01 + FLOOR) * length;
    const double of_defect = (double)(k * (k + 6)) * UNIT * 1.01 + FLOOR;
    double *residual = scratch, *defect = scratch + k; /* the copy has been used up; k = 1 has room for one */
    double one_defect;
    if (k == 1) defect = &one_defect;
    for (int64_t j = 0; j < k; j++) {
        double sum = support->target_sign * support->target[columns[j]];
        for (int64_t i = 0; i < k; i++) sum -= basis[i * k + j] * middle[i];
        residual[j] = fabs(sum) + of_residual;
    }
    for (int64_t i = 0; i < k; i++) {
        double sum = 0.0, norm = 1.0, spread = 0.0;
        for (int64_t j = 0; j < k; j++) {
            double entry = i == j ? 1.0 : 0.0, product = 0.0;
            for (int64_t l = 0; l < k; l++) product += inverse[l * k + i] * basis[j * k + l];
            entry -= product;
            sum += fabs(entry);
            norm += fabs(inverse[j * k + i]);
            spread += fabs(inverse[j * k + i]) * residual[j];
        }
        defect[i] = (sum + of_defect * norm) * MORE;
        radius[i] = spread * MORE + FLOOR;
        worst = fmax(worst, defect[i]);
        largest = fmax(largest, radius[i]);
        if (!(defect[i] < 0.5) || !(radius[i] < INFINITY)) return 0; /* fmax would lose a NaN */
    }
    for (int64_t i = 0; i < k; i++) radius[i] = (radius[i] + defect[i] * (largest / (1.0 - worst))) * MORE;
    return 1;
}

enum proved { NOTHING, NONNEGATIVE, POSITIVE };

/* What the enclosed multipliers prove, given a point of the cell and the bound on values there. */
static enum proved what_is_proved(const Support *support, const double *middle, const double *radius, const double *point, double bound) {
    const int64_t d = support->dimension;
    double spent = 0.0;
    int central = support->target[d] == 0.0;
    for (int64_t i = 0; i < support->count; i++) {
        if (!(middle[i] > radius[i])) return NOTHING;
        spent += (middle[i] + radius[i]) * (support->sign[i] * value_at(support->row[i], point, d) + bound);
        central &= support->row[i][d] == 0.0;
    }
    if (central) return NONNEGATIVE;
    const double value = support->target_sign * value_at(support->target, point, d) - bound;
    return value * (1 - 1e-9) > spent * MORE + FLOOR ? POSITIVE : NOTHING;
}

#endif
