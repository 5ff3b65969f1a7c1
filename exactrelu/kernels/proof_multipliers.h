/*
 * Multipliers that refute a system, exactly: x with sum x_r a_r = w, by elimination without fractions.
 *
 * Gauss as Bareiss has it: after each pivot every entry below is a minor of the matrix, so divisions by the pivot before
 * are exact; so are those by a row's own pivot on the way back, which give Cramer's numerators. Hadamard's inequality bounds
 * all these: by the product of the lengths of the columns. The columns are rows (a, c) of the system and the one that is
 * to be refuted, integers of length at least 1 or zero; so with limbs for that bound arithmetic modulo 2^(64 limbs) is exact.
 */
#ifndef EXACTRELU_PROOF_MULTIPLIERS_H
#define EXACTRELU_PROOF_MULTIPLIERS_H

#include "wide_integers.h"

/* The system: n coordinates, the constants below; `columns` of them, the last one to be refuted. */
typedef struct {
    int64_t dimension, columns;
    limb *entry;        /* (dimension + 1) x columns */
    int32_t *pivot_row; /* of each column but the last */
    Divisor *divisor;   /* by the pivot of each column but the last */
    uint8_t *used;      /* rows with a pivot */
    uint8_t *left_out;  /* coordinates that take no pivot, and may be left with an entry */
} Matrix;

enum solved { SOLVED, NOT_SOLVED, TOO_NARROW };

static int64_t best_pivot(const Matrix *m, int limbs, int64_t column) {
    int64_t best = -1;
    int least = 0;
    for (int64_t j = 0; j < m->dimension; j++) {
        const limb *entry = m->entry + (j * m->columns + column) * limbs;
        if (m->used[j] || m->left_out[j] || is_zero(limbs, entry)) continue;
        const int zeros = trailing_zeros(limbs, entry);
        if (best < 0 || zeros < least) {
            best = j;
            least = zeros;
        }
    }
    return best;
}

/* One pivot: every row without one becomes (pivot row_ic - row_ir pivot_row_c) / the pivot before. */
INLINED void clear_column(int limbs, Matrix *m, int64_t pivot_row, int64_t column, const Divisor *before) {
    const int64_t columns = m->columns;
    const limb *line = m->entry + pivot_row * columns * limbs;
    limb pivot[MOST_LIMBS];
    memcpy(pivot, line + column * limbs, (size_t)limbs * sizeof(limb));
    for (int64_t i = 0; i <= m->dimension; i++) {
        limb *row = m->entry + i * columns * limbs, factor[MOST_LIMBS];
        if (i < m->dimension && m->used[i]) continue;
        memcpy(factor, row + column * limbs, (size_t)limbs * sizeof(limb));
        negate(limbs, factor);
        for (int64_t c = column + 1; c < columns; c++) {
            limb entry[MOST_LIMBS];
            memset(entry, 0, (size_t)limbs * sizeof(limb));
            add_product(limbs, entry, pivot, row + c * limbs);
            add_product(limbs, entry, factor, line + c * limbs);
            if (before) divide_exactly(limbs, entry, before);
            memcpy(row + c * limbs, entry, (size_t)limbs * sizeof(limb));
        }
    }
}

/* Back again: the last entry of each pivot row becomes (last pivot row_c - sum over the columns after it) / its pivot. */
INLINED void substitute(int limbs, Matrix *m, const limb *last) {
    const int64_t end = m->columns - 1;
    for (int64_t c = end - 2; c >= 0; c--) {
        limb *row = m->entry + m->pivot_row[c] * m->columns * limbs, sum[MOST_LIMBS];
        memset(sum, 0, (size_t)limbs * sizeof(limb));
        for (int64_t r = c + 1; r < end; r++) add_product(limbs, sum, row + r * limbs, m->entry + (m->pivot_row[r] * m->columns + end) * limbs);
        negate(limbs, sum);
        add_product(limbs, sum, last, row + end * limbs);
        divide_exactly(limbs, sum, &m->divisor[c]);
        memcpy(row + end * limbs, sum, (size_t)limbs * sizeof(limb));
    }
}

/*
 * Solve; `bits` bounds every entry that may arise. Then x_r is the last entry of the column's pivot row over the last
 * pivot, and the last entry of all over that pivot is what is left of the constant. The pivot is `*last`.
 */
INLINED enum solved eliminate(int limbs, Matrix *m, double bits, const limb **last) {
    memset(m->used, 0, (size_t)m->dimension);
    *last = NULL;
    for (int64_t c = 0; c + 1 < m->columns; c++) {
        const int64_t pivot = best_pivot(m, limbs, c);
        if (pivot < 0) return NOT_SOLVED;
        m->used[pivot] = 1;
        m->pivot_row[c] = (int32_t)pivot;
        clear_column(limbs, m, pivot, c, c ? &m->divisor[c - 1] : NULL);
        *last = m->entry + (pivot * m->columns + c) * limbs;
        if (c + 2 == m->columns) break; /* nothing is divided by the last pivot */
        prepare(limbs, &m->divisor[c], *last);
        if (bits + m->divisor[c].shift + 3 > 64.0 * limbs) return TOO_NARROW;
    }
    for (int64_t j = 0; j < m->dimension; j++)
        if (!m->used[j] && !m->left_out[j] && !is_zero(limbs, m->entry + (j * m->columns + m->columns - 1) * limbs)) return NOT_SOLVED;
    if (*last) substitute(limbs, m, *last);
    return SOLVED;
}

static enum solved eliminate_any(int limbs, Matrix *m, double bits, const limb **last) {
    switch (limbs) {
    case 1:
        return eliminate(1, m, bits, last);
    case 2:
        return eliminate(2, m, bits, last);
    case 3:
        return eliminate(3, m, bits, last);
    case 4:
        return eliminate(4, m, bits, last);
    default:
        return eliminate(limbs, m, bits, last);
    }
}

#endif
